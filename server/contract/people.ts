// Accounts, sessions and what each role may do. The dashboard uses the same table to hide what would be refused.
import { z } from 'zod';
import { isoTime, page } from './shared.ts';

export const ROLES = ['admin', 'engineer', 'operator', 'technician', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'session:own',
  'equipment:read',
  'command:issue', // write to equipment, and approve what another person wants to write
  'alarm:read',
  'alarm:acknowledge',
  'alarm:reset',
  'alarm:comment',
  'alarm:shelve',
  'alarm:silence',
  'alarm:out-of-service',
  'feed:manage', // what feeds what with power, water, heat
  'alarm-system:manage', // operating positions, reviews of the master alarm list
  'alarm:configure', // limits, delays, deadbands and priorities of equipment
  'work-order:read',
  'work-order:work', // accept, depart, arrive, start, hold, resume, complete
  'work-order:dispatch', // create, reassign, cancel
  'work-order:verify',
  'gateway:read',
  'gateway:manage', // credentials of gateways, and their devices
  'people:read',
  'people:manage',
  'audit:read',
  'outward:manage', // webhooks and other ways out
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const READ: readonly Permission[] = ['session:own', 'equipment:read', 'alarm:read', 'work-order:read', 'gateway:read'];

export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: READ,
  technician: [...READ, 'work-order:work', 'alarm:comment', 'people:read'],
  operator: [
    ...READ,
    'command:issue',
    'people:read',
    'alarm:acknowledge',
    'alarm:reset',
    'alarm:comment',
    'alarm:shelve',
    'alarm:silence',
    'work-order:work',
    'work-order:dispatch',
    'work-order:verify',
  ],
  engineer: [
    ...READ,
    'command:issue',
    'people:read',
    'alarm:acknowledge',
    'alarm:reset',
    'alarm:comment',
    'alarm:shelve',
    'alarm:silence',
    'alarm:out-of-service',
    'feed:manage',
    'alarm-system:manage',
    'alarm:configure',
    'work-order:work',
    'work-order:dispatch',
    'work-order:verify',
    'gateway:manage',
  ],
  admin: PERMISSIONS,
};

export const username = z.string().regex(/^[a-z][a-z0-9._-]{1,31}$/, '2-32 of a-z 0-9 . _ -, starting with a letter');
/** 8 characters or more, no composition rules (OWASP ASVS 5.0 6.2.1, 6.2.5; NIST SP 800-63B 3.1.1.2). */
export const password = z.string().min(8, 'at least 8 characters').max(200);

export const signIn = z.object({ username: z.string().min(1).max(64), password: z.string().min(1).max(200) });

export const person = z.object({
  id: z.string(),
  username: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  language: z.enum(['zh-CN', 'en']),
  disabled: z.boolean(),
});
export type Person = z.infer<typeof person>;

export const session = z.object({
  person,
  permissions: z.array(z.enum(PERMISSIONS)),
  expiresAt: isoTime,
  /** True when the password was given by the system or an admin and has to be changed. */
  mustChangePassword: z.boolean(),
});
export type Session = z.infer<typeof session>;

export const newPerson = z.object({
  username,
  name: z.string().min(1).max(80),
  role: z.enum(ROLES),
  language: z.enum(['zh-CN', 'en']).default('zh-CN'),
  password,
});
export const personChange = newPerson.omit({ username: true }).partial().extend({ disabled: z.boolean().optional() });
export const passwordChange = z.object({ current: z.string().min(1).max(200), next: password });
export const ownSettings = z.object({ language: z.enum(['zh-CN', 'en']) });

/** One row of the append-only record, newest first. `actor` is a username, `system`, or the name that was tried. */
export const auditEntry = z.object({
  seq: z.number(),
  at: isoTime,
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  ip: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
export const auditQuery = page.extend({
  actor: z.string().max(64).optional(),
  action: z.string().max(64).optional(),
});
