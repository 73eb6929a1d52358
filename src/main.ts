import { type Config, readConfig } from './config.ts';
import { createLog } from './log.ts';
import { StartError } from './start-error.ts';
import type { RunningServer } from './start-server.ts';

async function main(): Promise<void> {
  const config = readConfig();
  // Only now, because it takes a second: what is wrong with the configuration is said at once.
  const { startServer } = await import('./start-server.ts');
  const server = await startServer(config, createLog(config.logLevel));
  stopOnSignal(server, config);
  greet(server, config);
}

function greet(server: RunningServer, config: Config): void {
  const { url, missingAdmins, ownPorts } = server;
  print(`Parlour listens on ${config.publicUrl ?? url} (port ${server.port})`);
  print(`  database  ${server.database}`);
  print(`  bus       ${server.bus}`);
  print(`  mail      ${server.mail}`);
  print(`  media     ${server.media}`);
  print(`  HTTP API  ${url}/api/v1, to read and try at ${url}/docs`);
  print(`  rooms     new Client('${url}') of @colyseus/sdk: inbox, dialog, group`);
  print(`  monitor   ${url}/monitor${config.admins.length > 0 ? '' : ' (name admins in ADMINS to use it)'}`);
  for (const { name, port } of ownPorts)
    print(`  ${name.padEnd(9)} its clients find theirs on port ${port}, too`);
  for (const name of missingAdmins)
    print(`  ADMINS    nobody is called "${name}" yet: sign up with that name now`);
  print('Ctrl-C stops it.');
}

/** The first signal asks, the second one or the deadline insists. */
function stopOnSignal(server: RunningServer, { drainMs }: Config): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    print(`${signal}: stopping (at most ${drainMs / 1_000} s; once more to stop at once)`);
    setTimeout(
      () => fail(`DRAIN_MS: not stopped after ${drainMs / 1_000} s, so it ends here`),
      drainMs,
    ).unref();
    server.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(error: unknown): never {
  const text = error instanceof Error && !(error instanceof StartError) ? error.stack : errorText(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

await main().catch(fail);
