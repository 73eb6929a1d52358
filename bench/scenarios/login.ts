import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { noFaults } from '../support/ledger.ts';
import { inParallel } from '../support/parallel.ts';
import { ParlourTarget } from '../support/parlour-target.ts';
import type { Outcome, Scenario } from '../support/scenario.ts';
import { Latencies } from '../support/stats.ts';
import type { Target } from '../support/target.ts';

type Option = 'seconds' | 'inflight';

const pauseAfterErrorMs = 20;

/** Signing in with a password: nearly all of it is argon2, on purpose. */
export const login: Scenario<Option> = {
  title: ({ seconds, inflight }) => `sign-ins with a password, ${inflight} at once, ${seconds} s`,
  options: { seconds: 10, inflight: 8 },
  compared: false,
  run,
};

async function run(target: Target, { seconds, inflight }: Record<Option, number>): Promise<Outcome> {
  if (!(target instanceof ParlourTarget)) throw new Error('the reference has no accounts');
  const password = randomBytes(12).toString('base64url');
  const usernames = [...Array(inflight).keys()].map((n) => `bench${randomBytes(4).toString('hex')}${n}`);
  await inParallel(usernames, inflight, (username, turn) =>
    target.http(turn).call('/api/v1/accounts', { body: { username, password } }),
  );

  const latencies = new Latencies();
  const costBefore = target.meter?.server() ?? Number.NaN;
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  let signedIn = 0;
  const errors = new Map<string, number>();
  await inParallel(usernames, inflight, async (username, turn) => {
    while (performance.now() < until) {
      const from = performance.now();
      try {
        await target.http(turn).call('/api/v1/sessions', { body: { username, password, device: 'bench' } });
        signedIn++;
        latencies.record(performance.now() - from);
      } catch (error) {
        const text = String(error);
        errors.set(text, (errors.get(text) ?? 0) + 1);
        await sleep(pauseAfterErrorMs);
      }
    }
  });
  if (signedIn === 0) throw new Error(`nobody could sign in: ${[...errors.keys()][0]}`);
  const took = (performance.now() - startedAt) / 1000;
  const metrics = {
    'sign-ins/s': signedIn / took,
    'p50 ms': latencies.percentile(50),
    'p99 ms': latencies.percentile(99),
    'server CPU s/1000': (((target.meter?.server() ?? Number.NaN) - costBefore) / signedIn) * 1000,
    errors: [...errors.values()].reduce((sum, count) => sum + count, 0),
  };
  return { metrics, faults: noFaults, remarks: [...errors].map(([text, count]) => `${count} × ${text}`) };
}
