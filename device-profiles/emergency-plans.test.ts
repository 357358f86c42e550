// Every sudden failure of a building has a plan, and the plan has the steps without which people or goods come to harm.
import { describe, expect, it } from 'vitest';
import { loadLibrary } from './loader.ts';

const { classes } = loadLibrary();

function plan(name: string, language: 'zh' | 'en'): string {
  const steps = classes.get(name)?.emergencyPlan?.steps[language];
  if (steps === undefined) throw new Error(`${name} has no emergency plan`);
  return steps.join('\n');
}

/** Steps of each failure in both languages; a plan may say more. */
const STEPS: readonly (readonly [failure: string, name: string, zh: readonly RegExp[], en: readonly RegExp[]])[] = [
  [
    'fire',
    'fire-alarm-panel',
    [/119/, /切断.*动力/, /释放.*门禁/, /电梯迫降/, /疏散/],
    [/119/, /cut motive/i, /release the doors/i, /recall the lifts/i, /evacuate/i],
  ],
  ...['heat-network', 'booster-pump-set'].map(
    (name) =>
      [
        'burst riser',
        name,
        [/供.{0,3}回水阀门|供水和回水阀门/, /电梯升到高于(水淹|淹水)楼层并断电/, /抽水|排水/, /邻/, /拍照/],
        [
          /supply and return valves/,
          /lifts? above the.* floor and cut (its|their) power/,
          /pump out/i,
          /neighbours/,
          /photograph/i,
        ],
      ] as const,
  ),
  ...['sump-pump', 'water-tank', 'leak-rope', 'room-environment', 'hydrant-line'].map(
    (name) =>
      [
        'flood',
        name,
        [/电梯升到高于(水淹|淹水)楼层并断电/, /先断/, /阀/, /拍照/],
        [
          /lifts? above the.* floor and cut (its|their) power/,
          /cut the power|switch that area off/,
          /valve|outlet/i,
          /photograph/i,
        ],
      ] as const,
  ),
  ...['lv-distribution-meter', 'dry-type-transformer'].map(
    (name) =>
      [
        'power loss',
        name,
        [/突发停电.*供电部门.*原因.*时间/, /计划停电/, /提前通知用户/, /非办公时间/, /授权人员/, /困人/],
        [
          /ask the supplier for (the )?reason/i,
          /planned/i,
          /in advance/,
          /outside office hours/,
          /authorised people/,
          /trapped/,
        ],
      ] as const,
  ),
  [
    'entrapment',
    'elevator',
    [/对讲安抚/, /119.*120/, /持证.*断主电源|切断主电源/, /平层/, /记录/],
    [/intercom/, /119 and 120/, /main power/, /to a floor/, /recorded/],
  ],
  ...['heat-exchanger', 'heating-circulation-pump'].map(
    (name) =>
      [
        'heating failure',
        name,
        [/停热范围和原因/, /通知用户/, /抽测室温/],
        [/extent and cause/, /tell (the )?tenants/, /sample room temperatures/],
      ] as const,
  ),
  [
    'gas',
    'gas-detector',
    [/禁止明火/, /关闭燃气总阀/, /疏散/, /119/],
    [/no flame/i, /main gas valve/, /evacuate/i, /brigade/],
  ],
];

describe.each(STEPS)('%s: %s', (_failure, name, zh, en) => {
  it('tells the steps in Chinese', () => {
    for (const step of zh) expect(plan(name, 'zh')).toMatch(step);
  });

  it('tells the steps in English', () => {
    for (const step of en) expect(plan(name, 'en')).toMatch(step);
  });
});

it('a class whose alarms call people at once has a plan', () => {
  const without = [...classes.values()].filter(
    ({ alarms, emergencyPlan }) =>
      emergencyPlan === undefined &&
      Object.values(alarms).some(({ priority, workOrder }) => priority === 1 && workOrder?.kind === 'emergency'),
  );
  expect(without.map((subject) => subject.class)).toEqual([]);
});
