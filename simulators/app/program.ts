// One program of `npm start` as a child process: its lines, its restarts, its end.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export interface ProgramOptions {
  readonly name: string;
  /** Arguments after the node executable: script and its own. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** A line for the person at the terminal. */
  say(line: string): void;
  /** A line about something that went wrong. */
  complain(line: string): void;
  log(line: string): void;
  onMessage?(message: unknown): void;
  /** The program refuses its configuration (exit code 2); trying again is useless. */
  onRefused(): void;
}

export interface Program {
  start(): void;
  /** Ends the process; it comes back at once, unless it is being stopped. */
  restart(): void;
  /** SIGTERM, and SIGKILL after `killAfterMs`. Settles when the process is gone. */
  stop(killAfterMs: number): Promise<void>;
}

const BACKOFF_MS = { first: 1000, most: 30_000, calm: 60_000 };
const WARN = 40;

export function createProgram(options: ProgramOptions): Program {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let wanted = false;
  let delayMs = BACKOFF_MS.first;

  function launch(): void {
    const startedMs = Date.now();
    // Several node processes on one machine: memory matters more than the last bit of speed.
    const started = spawn(process.execPath, ['--max-semi-space-size=2', '--optimize-for-size', ...options.args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = started;
    if (started.stdout !== null) createInterface({ input: started.stdout }).on('line', options.say);
    if (started.stderr !== null) createInterface({ input: started.stderr }).on('line', takeErrorLine);
    started.on('message', (message) => options.onMessage?.(message));
    started.on('error', (error) => options.complain(`${options.name}: ${error.message}`));
    started.on('close', (code, signal) => {
      child = undefined;
      if (stopping) return;
      if (code === 2) {
        options.onRefused();
        return;
      }
      if (wanted) {
        wanted = false;
        launch();
        return;
      }
      if (Date.now() - startedMs > BACKOFF_MS.calm) delayMs = BACKOFF_MS.first;
      options.complain(
        `${options.name} ended unexpectedly (${signal ?? `exit code ${code}`}); starting it again in ${delayMs / 1000} s`,
      );
      timer = setTimeout(launch, delayMs);
      delayMs = Math.min(delayMs * 2, BACKOFF_MS.most);
    });
  }

  function takeErrorLine(line: string): void {
    const entry = readEntry(line);
    if (entry === undefined) {
      options.complain(line);
      return;
    }
    options.log(line);
    if (entry.level >= WARN && !stopping) options.complain(`[${options.name}] ${brief(entry)}`);
  }

  return {
    start: launch,
    restart() {
      if (child === undefined) return;
      wanted = true;
      child.kill('SIGTERM');
    },
    async stop(killAfterMs) {
      stopping = true;
      clearTimeout(timer);
      const running = child;
      if (running === undefined) return;
      const gone = new Promise((done) => running.once('close', done));
      running.kill('SIGTERM');
      const killer = setTimeout(() => running.kill('SIGKILL'), killAfterMs);
      await gone;
      clearTimeout(killer);
    },
  };
}

const entrySchema = z.looseObject({
  level: z.number(),
  msg: z.string().default(''),
  device: z.string().optional(),
  reason: z.string().optional(),
  err: z.looseObject({ message: z.string() }).optional(),
});
type Entry = z.infer<typeof entrySchema>;

/** @returns undefined when the line is no pino entry. */
export function readEntry(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

const LEVELS = [
  [60, 'FATAL'],
  [50, 'error'],
  [40, 'warning'],
] as const;

/** The entry in one line for the terminal; everything else of it is in the log file. */
export function brief({ level, msg, device, reason, err }: Entry): string {
  const name = LEVELS.find(([least]) => level >= least)?.[1] ?? 'note';
  const why = reason ?? err?.message;
  return `${name}: ${device === undefined ? '' : `${device}: `}${msg}${why === undefined || msg.includes(why) ? '' : `: ${why}`}`;
}
