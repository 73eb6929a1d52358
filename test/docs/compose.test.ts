import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string): Promise<string> => readFile(join(ROOT, file), 'utf8');

interface Service {
  readonly build?: string;
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
}

/** The values that a person's `.env` may have; a variable without one takes its default. */
const DOT_ENV: Record<string, string> = {
  POSTGRES_PASSWORD: 'a1b2c3',
  JWT_SECRET: 'a secret of at least thirty-two bytes',
};

/** `${NAME}`, `${NAME:-default}` and `${NAME:?complaint}`, as compose fills them in. */
function fillIn(value: string): string {
  return value.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, sign, text: string) => {
    const given = DOT_ENV[name];
    if (given === undefined && sign === '?') throw new Error(`${name}: ${text}`);
    return given ?? (sign === '-' ? text : '');
  });
}

describe('docker-compose.yml', () => {
  let text: string;
  let services: Record<string, Service>;
  let nodes: [string, Record<string, string>][];

  beforeAll(async () => {
    text = await read('docker-compose.yml');
    ({ services } = parse(text, { merge: true }));
    nodes = Object.entries(services)
      .filter(([, service]) => service.build !== undefined)
      .map(([name, { environment = {} }]) => [
        name,
        Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, fillIn(value)])),
      ]);
  });

  it('has all that several nodes need', () => {
    expect(Object.keys(services).toSorted()).toEqual(
      ['balancer', 'mail', 'nats', 'node1', 'node2', 'postgres'].toSorted(),
    );
  });

  it('gives the nodes variables that the server knows, with values that it takes', async () => {
    const known = [...(await read('src/config.ts')).matchAll(/^ {2}([A-Z_]+): /gm)].map((each) => each[1]!);
    expect(known.length).toBeGreaterThan(10);
    for (const [, environment] of nodes) {
      expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
      expect(readConfig(environment)).toMatchObject({
        databaseUrl: 'postgres://parlour:a1b2c3@postgres:5432/parlour',
        publicUrl: 'http://localhost:2567',
        admins: [],
      });
    }
  });

  it('runs one image with one configuration, but for where the others find each node', async () => {
    const [[first, one], [second, two]] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
    expect(services[first]!.image).toBe(services[second]!.image);
    expect({ ...one, NODE_ADDRESS: '' }).toEqual({ ...two, NODE_ADDRESS: '' });
    const [, port] = /PORT=(\d+)/.exec(await read('Dockerfile'))!;
    for (const [name, { NODE_ADDRESS }] of nodes) expect(NODE_ADDRESS).toBe(`${name}:${port}`);
  });

  it('has a balancer that knows every node and asks whether it is ready', async () => {
    const { NODES } = services.balancer!.environment!;
    const addresses = nodes.map(([, { NODE_ADDRESS }]) => NODE_ADDRESS);
    expect(NODES!.split(' ')).toEqual(addresses);
    const caddyfile = await read('Caddyfile');
    expect(caddyfile).toContain(`{$NODES:${addresses.join(' ')}}`);
    expect(caddyfile).toContain('health_uri /ready');
  });

  it('holds no secret, and says what to do when one is missing', async () => {
    for (const name of ['POSTGRES_PASSWORD', 'JWT_SECRET']) {
      const uses = [...text.matchAll(new RegExp(`\\$\\{${name}([^}]*)\\}`, 'g'))].map((each) => each[1]);
      expect(uses.length).toBeGreaterThan(0);
      expect(new Set(uses)).toEqual(new Set([':?make an .env file first, as the README says']));
      expect(await read('README.md')).toMatch(new RegExp(`^.*${name}=.*>>? \\.env`, 'm'));
    }
    for (const [name, value] of Object.entries(services.postgres!.environment!))
      if (name.includes('PASSWORD')) expect(value).toMatch(/^\$\{/);
  });

  it('knows of every service whether it is well, and of every image which one it is', async () => {
    expect(await read('Dockerfile')).toContain('HEALTHCHECK');
    const [unwatched, unpinned] = [
      Object.entries(services).filter(([, { build, healthcheck }]) => !build && !healthcheck),
      Object.entries(services).filter(([, { build, image }]) => !build && !/:v?\d/.test(image)),
    ].map((wrong) => wrong.map(([name]) => name));
    expect({ unwatched, unpinned }).toEqual({ unwatched: [], unpinned: [] });
    for (const [name] of nodes)
      for (const { condition } of Object.values(services[name]!.depends_on!))
        expect(condition).toBe('service_healthy');
  });
});
