import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';

describe('the configuration', () => {
  it('works without any variable', () => {
    expect(readConfig({})).toMatchObject({
      port: 2567,
      dataDir: './data',
      databaseUrl: undefined,
      admins: [],
      positionCheckMs: 2_000,
    });
  });

  it('takes an empty variable for an unset one', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ', NATS_URL: '' })).toEqual(readConfig({}));
  });

  it('reads lists by their commas', () => {
    const { admins, allowedOrigins, trustedProxies } = readConfig({
      ADMINS: 'alice, Bob,,',
      ALLOWED_ORIGINS: 'https://a.example,http://localhost:5173',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    });
    expect(admins).toEqual(['alice', 'Bob']);
    expect(allowedOrigins).toEqual(['https://a.example', 'http://localhost:5173']);
    expect(trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  });

  it('changes the limits that are named and leaves the others as they are', () => {
    const { rates } = readConfig({});
    expect(rates?.message.account).toEqual({ times: 3_000, seconds: 60 });
    expect(
      readConfig({ LIMITS: 'message.account=5/s, search.address=off,message.device=9/h' }).rates,
    ).toEqual({
      ...rates,
      message: { account: { times: 5, seconds: 1 }, device: { times: 9, seconds: 3_600 } },
      search: { account: rates?.search.account },
    });
    expect(readConfig({ LIMITS: 'off' })).toMatchObject({ rates: undefined, socketsPerAddress: undefined });
    expect(readConfig({})).toMatchObject({ socketsPerAddress: 5_000 });
    expect(readConfig({ SOCKETS_PER_ADDRESS: '0' })).toMatchObject({ socketsPerAddress: undefined });
  });

  it('cannot be changed', () => {
    const config = readConfig({ ADMINS: 'alice' });
    expect(Object.isFrozen(config) && Object.isFrozen(config.admins)).toBe(true);
  });

  it.each([
    ['PORT', '80a'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['DATABASE_POOL', '0'],
    ['NATS_URL', 'http://localhost'],
    ['NATS_PREFIX', 'two words'],
    ['METRICS_TOKEN', 'too-short'],
    ['METRICS_TOKEN', 'no header could carry this one in a line'],
    ['SECURITY_CONTACT', 'security@example.org'],
    ['SECURITY_CONTACT', 'https://example.org/\nX: y'],
    ['NODE_ADDRESS', '10.0.0.5'],
    ['PUBLIC_ADDRESS', 'https://node1.example.org'],
    ['PUBLIC_URL', 'chat.example.org'],
    ['SMTP_URL', 'mail.example.org:25'],
    ['MAIL_FROM', 'Parlour'],
    ['MAIL_FROM', 'a@example.org, b@example.org'],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'https://a.example/'],
    ['OIDC_ISSUER', 'http://id.example.org'],
    ['OIDC_ISSUER', 'id.example.org'],
    ['TRUSTED_PROXIES', 'caddy'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '10.0.0.0/8/8'],
    ['SOCKETS_PER_ADDRESS', 'many'],
    ['LIMITS', 'message=5/s'],
    ['LIMITS', 'message.constructor=5/s'],
    ['LIMITS', 'constructor.account=5/s'],
    ['LIMITS', 'message.account=5'],
    ['LIMITS', 'message.account=0/s'],
    ['LIMITS', 'message.account=off,everything'],
    ['JWT_SECRET', 'thirty-one bytes are not enough'],
    ['JWT_SECRET_PREVIOUS', 'a secret of more than thirty-two bytes,too short'],
    ['JWT_SECRET_PREVIOUS', Array(5).fill('a secret of more than thirty-two bytes').join()],
    ['LOG_LEVEL', 'loud'],
    ['LEASE_MS', '1e9'],
  ])('says in one line what is wrong with %s=%s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name}: .+$`));
  });

  it('takes an OpenID provider whole or not at all', () => {
    const given = { OIDC_ISSUER: 'https://id.example.org/realm', OIDC_CLIENT_ID: 'parlour' };
    expect(readConfig(given).oidc).toMatchObject({ clientId: 'parlour', name: 'id.example.org' });
    expect(readConfig({ ...given, OIDC_ISSUER: 'http://localhost:8080' }).oidc).toBeDefined();
    expect(readConfig({}).oidc).toBeUndefined();
    expect(() => readConfig({ ...given, OIDC_CLIENT_ID: '' })).toThrow(/^OIDC_CLIENT_ID: .+$/);
    expect(() => readConfig({ ...given, OIDC_ISSUER: '' })).toThrow(/^OIDC_ISSUER: .+$/);
  });

  it('names every wrong value at once, a line each', () => {
    expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(/^PORT: .+\nLOG_LEVEL: .+$/);
  });

  it('keeps secrets to itself', () => {
    const wrong = {
      JWT_SECRET: 'short-and-secret',
      JWT_SECRET_PREVIOUS: 'short-and-secret',
      DATABASE_URL: 'http://user:hush@host/db',
      SMTP_URL: 'http://user:hush@host',
    };
    expect(() => readConfig(wrong)).toThrow(/^(?![\s\S]*(short-and-secret|hush))/);
  });
});
