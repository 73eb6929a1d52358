import { type IRoomCache, initializeRoomCache, type MatchMakerDriver } from '@colyseus/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface DriversUnderTest {
  /** One driver for each node; a driver in memory is the same twice. */
  readonly drivers: readonly [MatchMakerDriver, MatchMakerDriver];
  close(): Promise<void>;
}

/** A room of the first node, which is the process `p1`. */
export function room(roomId: string, fields: Partial<IRoomCache> & Record<string, unknown> = {}): IRoomCache {
  return initializeRoomCache({ name: 'group', roomId, processId: 'p1', ...fields });
}

/**
 * What matchmaking relies on, proven with Colyseus' own local driver too. Colyseus' Redis driver agrees with
 * these, except that there a `$inc` overwrites what another node counted and dates come back as texts.
 */
export function driverConformance(name: string, start: () => Promise<DriversUnderTest>): void {
  describe(name, () => {
    let under: DriversUnderTest;
    let here: MatchMakerDriver;
    let there: MatchMakerDriver;

    beforeEach(async () => {
      under = await start();
      [here, there] = under.drivers;
    });
    afterEach(() => under.close());

    const ids = async (conditions: object, sort?: Parameters<MatchMakerDriver['query']>[1]) =>
      (await there.query(conditions as any, sort)).map((found) => found.roomId);

    it('gives a room id to the first who records it, until it is removed', async () => {
      expect(await here.insert!(room('r', { clients: 1 }))).toBe(true);
      expect(await there.insert!(room('r', { processId: 'p2', clients: 2 }))).toBe(false);
      expect(await here.insert!(room('r'))).toBe(false);
      expect(await here.findOne({ roomId: 'r' })).toMatchObject({ processId: 'p1', clients: 1 });
      expect(await here.remove('r')).toBe(true);
      expect(await here.remove('r')).toBe(false);
      expect(await there.insert!(room('r', { processId: 'p2' }))).toBe(true);
      expect(await here.findOne({ roomId: 'r' })).toMatchObject({ processId: 'p2' });
    });

    it('has exactly one owner when two nodes record the same room at once', async () => {
      const rooms = Array.from({ length: 25 }, (_, n) => `r${n}`);
      const owners = await Promise.all(
        rooms.map(async (id) => {
          const claims = [here.insert!(room(id)), there.insert!(room(id, { processId: 'p2' }))];
          const [mine, theirs] = await Promise.all(claims);
          expect(mine).not.toBe(theirs);
          return mine ? 'p1' : 'p2';
        }),
      );
      const found = await here.findByIds(rooms);
      expect(rooms.map((id) => found.get(id)?.processId)).toEqual(owners);
    });

    it('says on every node which rooms there are', async () => {
      await here.insert!(room('a'));
      await there.insert!(room('b', { processId: 'p2' }));
      for (const driver of [here, there]) {
        expect([await driver.has('a'), await driver.has('b'), await driver.has('c')]).toEqual([
          true,
          true,
          false,
        ]);
        expect([...(await driver.findByIds(['a', 'c', 'b'])).keys()].sort()).toEqual(['a', 'b']);
        expect((await driver.findByIds([])).size).toBe(0);
        expect(await driver.findOne({ roomId: 'c' })).toBeUndefined();
        expect(await driver.findOne({ roomId: undefined })).toBeUndefined();
      }
    });

    it('gives back what was recorded, with its types', async () => {
      const createdAt = new Date('2026-11-21T10:00:00.123Z');
      const metadata = { level: 3, tags: ['a', 'ü"\\'], nested: { on: true, off: null }, since: createdAt };
      await here.insert!(room('r', { createdAt, metadata, private: true, publicAddress: 'one.example' }));
      const found = await there.findOne({ roomId: 'r' });
      expect(found).toEqual(room('r', { createdAt, metadata, private: true, publicAddress: 'one.example' }));
      expect(found.maxClients).toBe(Number.POSITIVE_INFINITY);
      expect(found.createdAt).toBeInstanceOf(Date);
    });

    it('finds rooms by any field of the listing or its metadata', async () => {
      await here.insert!(room('a', { metadata: { mode: 'duel', level: 1 }, maxClients: 2 }));
      await here.insert!(room('b', { metadata: { mode: 'duel', level: 2 }, locked: true }));
      await there.insert!(room('c', { name: 'dialog', metadata: { mode: 'chat' }, processId: 'p2' }));
      expect(await ids({})).toEqual(['a', 'b', 'c']);
      expect(await ids({ name: 'group' })).toEqual(['a', 'b']);
      expect(await ids({ mode: 'duel', level: 2 })).toEqual(['b']);
      expect(await ids({ name: 'group', locked: false, private: false, mode: 'duel' })).toEqual(['a']);
      expect(await ids({ processId: 'p2' })).toEqual(['c']);
      expect(await ids({ maxClients: 2 })).toEqual(['a']);
      expect(await ids({ maxClients: Number.POSITIVE_INFINITY })).toEqual(['b', 'c']);
      expect(await ids({ roomId: 'b', name: 'group' })).toEqual(['b']);
      expect(await ids({ roomId: 'b', name: 'dialog' })).toEqual([]);
      expect((await here.findOne({ mode: 'chat' } as any)).roomId).toBe('c');
    });

    it('takes values of another type for different, and an absent field for no match', async () => {
      await here.insert!(room('number', { metadata: { value: 1 } }));
      await here.insert!(room('text', { metadata: { value: '1' } }));
      await here.insert!(room('true', { metadata: { value: true } }));
      await here.insert!(room('null', { metadata: { value: null } }));
      await here.insert!(room('absent'));
      expect(await ids({ value: 1 })).toEqual(['number']);
      expect(await ids({ value: '1' })).toEqual(['text']);
      expect(await ids({ value: true })).toEqual(['true']);
      expect(await ids({ value: null })).toEqual(['null']);
      expect(await ids({ value: undefined })).toEqual([]);
      expect(await ids({ value: 'other' })).toEqual([]);
      expect(await ids({ "it's": '"; drop table colyseus_room; --' })).toEqual([]);
    });

    it('lets a field of the listing hide the one of its metadata', async () => {
      await here.insert!(room('a', { mode: 'duel', metadata: { mode: 'chat', clients: 7 } }));
      expect(await ids({ mode: 'duel' })).toEqual(['a']);
      expect(await ids({ mode: 'chat' })).toEqual([]);
      expect(await ids({ clients: 7 })).toEqual([]);
    });

    it('sorts by fields of the listing and of its metadata, else in the order of recording', async () => {
      await here.insert!(room('z', { clients: 10, metadata: { rank: 'b' } }));
      await there.insert!(room('y', { clients: 9, metadata: { rank: 'B' } }));
      await here.insert!(room('x', { clients: 10, maxClients: 20, metadata: { rank: 'a' } }));
      expect(await ids({})).toEqual(['z', 'y', 'x']);
      expect(await ids({}, {})).toEqual(['z', 'y', 'x']);
      expect(await ids({}, { clients: 1 })).toEqual(['y', 'z', 'x']);
      expect(await ids({}, { clients: 'desc' })).toEqual(['z', 'x', 'y']);
      expect(await ids({}, { clients: -1, rank: 'ascending' })).toEqual(['x', 'z', 'y']);
      expect(await ids({}, { rank: 'asc' })).toEqual(['y', 'x', 'z']);
      expect((await ids({}, { maxClients: 1 }))[0]).toBe('x');
      expect((await here.findOne({ name: 'group' }, { clients: 1 })).roomId).toBe('y');
      expect((await here.findOne({ clients: 10 }, { rank: 'descending' })).roomId).toBe('z');
    });

    it('updates a listing for everybody and in the hands of the caller', async () => {
      const mine = room('r', { clients: 2 });
      await here.insert!(mine);
      await here.update(mine, { $set: { locked: true, metadata: { level: 2 } }, $inc: { clients: 1 } });
      expect(mine).toMatchObject({ locked: true, metadata: { level: 2 }, clients: 3 });
      expect(await there.findOne({ level: 2 } as any)).toMatchObject({
        roomId: 'r',
        locked: true,
        clients: 3,
      });
      await here.update(mine, { $inc: { clients: -3 } });
      expect(await ids({ clients: 0, locked: true })).toEqual(['r']);
    });

    it('counts right when both nodes count the same room at once', async () => {
      const mine = room('r');
      await here.insert!(mine);
      const copy = await there.findOne({ roomId: 'r' });
      const counts = Array.from({ length: 40 }, (_, n) =>
        n % 2 ? here.update(mine, { $inc: { clients: 3 } }) : there.update(copy, { $inc: { clients: -1 } }),
      );
      await Promise.all(counts);
      expect(await there.findOne({ roomId: 'r' })).toMatchObject({ clients: 40 });
    });

    it('persists what the room changed in its listing', async () => {
      const mine = room('r');
      await here.insert!(mine);
      mine.metadata = { level: 1 };
      mine.private = true;
      await here.persist(mine);
      expect(await ids({ level: 1, private: true })).toEqual(['r']);
    });

    it('lists a room again that somebody had cleaned away', async () => {
      const mine = room('r', { clients: 2 });
      await here.insert!(mine);
      await there.cleanup!('p1');
      expect(await there.has('r')).toBe(false);
      await here.persist(mine, true);
      expect(await there.findOne({ roomId: 'r' })).toMatchObject({ clients: 2 });
    });

    it('cleans up the rooms of one process only, and clears all', async () => {
      await here.insert!(room('a'));
      await here.insert!(room('b'));
      await there.insert!(room('c', { processId: 'p2' }));
      await there.cleanup!('p1');
      expect(await ids({})).toEqual(['c']);
      await there.clear();
      expect(await ids({})).toEqual([]);
      expect(await here.insert!(room('c'))).toBe(true);
    });
  });
}
