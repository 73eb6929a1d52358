import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';

export interface BusUnderTest {
  /** One bus for each node; a single-process bus gives the same one twice. */
  readonly buses: readonly [Bus, Bus];
  /** Errors that listeners threw, in the order in which the buses reported them. */
  readonly listenerErrors: readonly unknown[];
  /** Settles when everything that was subscribed so far is heard by the other bus's publishers. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** What every bus promises (see src/bus/bus.ts), whatever carries it. */
export function busConformance(name: string, start: () => Promise<BusUnderTest>): void {
  describe(name, () => {
    let under: BusUnderTest;
    let here: Bus;
    let there: Bus;

    beforeEach(async () => {
      under = await start();
      [here, there] = under.buses;
    });
    afterEach(() => under.close());

    /** Collects what arrives on a topic; `until(n)` waits for the nth payload. */
    function collect(bus: Bus, topic: string) {
      const heard: object[] = [];
      const waiting: { amount: number; resolve: (heard: object[]) => void }[] = [];
      const subscription = bus.subscribe(topic, (payload) => {
        heard.push(payload);
        for (const each of waiting) if (heard.length >= each.amount) each.resolve(heard);
      });
      const until = (amount: number): Promise<object[]> =>
        heard.length >= amount
          ? Promise.resolve(heard)
          : new Promise((resolve) => waiting.push({ amount, resolve }));
      return { heard, until, close: () => subscription.close() };
    }

    it('delivers a payload to every subscription of its topic, on every node, and to no other topic', async () => {
      const mine = collect(here, 'user.alice');
      const again = collect(here, 'user.alice');
      const theirs = collect(there, 'user.alice');
      const others = collect(there, 'user.bob');
      const end = collect(there, 'end');
      await under.settle();
      here.publish('user.alice', { text: 'hi', nested: { list: [1, 'two', null, true] } });
      here.publish('end', {});
      const expected = [{ text: 'hi', nested: { list: [1, 'two', null, true] } }];
      expect(await mine.until(1)).toEqual(expected);
      expect(await again.until(1)).toEqual(expected);
      expect(await theirs.until(1)).toEqual(expected);
      await end.until(1);
      expect(others.heard).toEqual([]);
    });

    it('keeps the order of one publisher on one topic', async () => {
      const amount = 2_000;
      const heard = collect(there, 'conversation.1');
      await under.settle();
      for (let n = 0; n < amount; n += 1) here.publish('conversation.1', { n });
      expect(await heard.until(amount)).toEqual(Array.from({ length: amount }, (_, n) => ({ n })));
    });

    it('keeps that order for everybody when a listener answers on the topic that it hears', async () => {
      here.subscribe('conversation.1', (payload) => {
        if ('question' in payload) here.publish('conversation.1', { answer: 1 });
      });
      const heard = [collect(here, 'conversation.1'), collect(there, 'conversation.1')];
      await under.settle();
      here.publish('conversation.1', { question: 1 });
      for (const each of heard) expect(await each.until(2)).toEqual([{ question: 1 }, { answer: 1 }]);
    });

    it('does not replay what was published before somebody subscribed', async () => {
      here.publish('conversation.1', { n: 1 });
      const heard = collect(here, 'conversation.1');
      await under.settle();
      here.publish('conversation.1', { n: 2 });
      expect(await heard.until(1)).toEqual([{ n: 2 }]);
    });

    it('delivers nothing more to a closed subscription and goes on with the others', async () => {
      const gone = collect(there, 'conversation.1');
      const stays = collect(there, 'conversation.1');
      await under.settle();
      here.publish('conversation.1', { n: 1 });
      await gone.until(1);
      await stays.until(1);
      gone.close();
      gone.close();
      here.publish('conversation.1', { n: 2 });
      await stays.until(2);
      expect(gone.heard).toEqual([{ n: 1 }]);
    });

    it('lets the same listener subscribe twice and leave once', async () => {
      const heard: object[] = [];
      const listener = (payload: object): void => void heard.push(payload);
      const first = here.subscribe('conversation.1', listener);
      here.subscribe('conversation.1', listener);
      const last = collect(here, 'conversation.1');
      await under.settle();
      here.publish('conversation.1', { n: 1 });
      await last.until(1);
      expect(heard).toHaveLength(2);
      first.close();
      here.publish('conversation.1', { n: 2 });
      await last.until(2);
      expect(heard).toHaveLength(3);
    });

    it('reports a listener that throws and still serves the others', async () => {
      const failure = new Error('this listener is broken');
      here.subscribe('conversation.1', () => {
        throw failure;
      });
      const heard = collect(here, 'conversation.1');
      await under.settle();
      here.publish('conversation.1', { n: 1 });
      here.publish('conversation.1', { n: 2 });
      expect(await heard.until(2)).toEqual([{ n: 1 }, { n: 2 }]);
      expect(under.listenerErrors).toEqual([failure, failure]);
    });

    it('lets a listener subscribe, publish and leave while it is being called', async () => {
      const answers = collect(here, 'answers');
      collect(here, 'questions');
      const subscription = here.subscribe('questions', () => {
        subscription.close();
        here.subscribe('questions', () => here.publish('answers', { from: 'second' }));
        here.publish('answers', { from: 'first' });
      });
      await under.settle();
      here.publish('questions', {});
      await answers.until(1);
      await under.settle();
      here.publish('questions', {});
      expect(await answers.until(2)).toEqual([{ from: 'first' }, { from: 'second' }]);
    });

    it('is silent after it was closed', async () => {
      const heard = collect(there, 'conversation.1');
      await under.settle();
      await here.close();
      await here.close();
      expect(() => here.publish('conversation.1', { n: 1 })).not.toThrow();
      expect(heard.heard).toEqual([]);
    });
  });
}
