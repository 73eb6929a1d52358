import { describe, expect, it } from 'vitest';
import { query } from '../src/entities/database.ts';
import { describeError } from '../src/log.ts';
import { openCore } from './support/core.ts';

describe('an error in the log', () => {
  it.each(['PGlite', 'PostgreSQL'] as const)(
    'says what a statement of %s failed of, and not what it was to write',
    async (kind) => {
      const core = await openCore(kind);
      const alice = await core.person('alice');
      const em = core.chat.database.em.fork();
      const insert = 'insert into known_place (user_id, place, seen_at) values ($1, $2, now())';
      await query(em, insert, [alice, 'what nobody may read']);
      const error = await query(em, insert, [alice, 'what nobody may read']).catch((thrown) => thrown);
      await core.close();
      expect(JSON.stringify(error)).toMatch(/what nobody may read|Key \(/);
      const described = JSON.stringify(describeError(error));
      expect(JSON.parse(described)).toMatchObject({ code: '23505', stack: expect.any(String) });
      expect(described).not.toMatch(/what nobody may read|Key \(/);
    },
  );

  it('keeps what it comes of', () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', params: ['secret'] });
    const error = new AggregateError([cause], 'no way', { cause });
    expect(describeError(error)).toMatchObject({
      type: 'AggregateError',
      message: 'no way',
      cause: { message: 'connect', code: 'ECONNREFUSED' },
      errors: [{ message: 'connect' }],
    });
    expect(JSON.stringify(describeError(error))).not.toContain('secret');
    expect(describeError('thrown as it is')).toBe('thrown as it is');
  });

  it('ends, even if it is its own cause', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).match(/"message":"round"/g)).toHaveLength(5);
  });
});
