import type { Device } from '../client/device.ts';
import type { Person, World } from '../load/world.ts';
import { type Finding, listOf } from './finding.ts';
import { expected } from './logs.ts';

/** Who is really here, held against whom the database and every client take to be. Only when nobody is on the way. */
export function auditPresence(world: World, stored: ReadonlySet<string>): Finding[] {
  const here = new Set(
    world.people
      .filter(({ devices }) => devices.some((device) => device.whereabouts === 'here'))
      .map(({ account }) => account.id),
  );
  const nameOf = new Map(world.people.map(({ account }) => [account.id, account.username]));
  const names = (ids: readonly string[]): string => listOf(ids.map((id) => nameOf.get(id) ?? id));
  const compare = (who: string, shown: ReadonlySet<string>, real: ReadonlySet<string>): Finding[] => {
    const wrongly = [...shown].filter((id) => !real.has(id));
    const missing = [...real].filter((id) => !shown.has(id));
    return [
      ...(wrongly.length > 0 ? [finding(`${who} shows as online who is not: ${names(wrongly)}`)] : []),
      ...(missing.length > 0 ? [finding(`${who} does not show as online who is: ${names(missing)}`)] : []),
    ];
  };
  const devices = world.people.flatMap((person) =>
    person.devices
      .filter((device) => device.whereabouts === 'here')
      .flatMap((device) => {
        if (device.place.room === 'inbox') {
          const { shown, real } = inInbox(device, here);
          return compare(device.name, shown, real);
        }
        const { shown, real } = inRoom(person, device, world, here);
        return compare(device.name, shown, real);
      }),
  );
  return [...compare('the database', stored, here), ...devices];
}

interface Compared {
  readonly shown: ReadonlySet<string>;
  readonly real: ReadonlySet<string>;
}

/** An inbox hears of friends when they come and go; of those of whom it has heard nothing, nothing is known. */
function inInbox({ presence }: Device, here: ReadonlySet<string>): Compared {
  const heardOf = [...presence.keys()];
  return {
    shown: new Set(heardOf.filter((id) => presence.get(id))),
    real: new Set(heardOf.filter((id) => here.has(id))),
  };
}

/**
 * A small conversation's room shows all members; a large one's those who are in the room. After a fault there may be
 * two rooms of one conversation, each with its own people: then others may be here whom this one does not show.
 */
function inRoom(person: Person, device: Device, world: World, here: ReadonlySet<string>): Compared {
  const conversation = expected(person, device, world.conversations)[0]!;
  const entries = [...device.state.members.entries()] as [string, { online: boolean }][];
  const shown = new Set(entries.filter(([, { online }]) => online).map(([id]) => id));
  const inIt = ({ devices }: Person): boolean =>
    devices.some(({ place, whereabouts }) => isIn(conversation.id, place) && whereabouts === 'here');
  const real = conversation.members.filter((member) => {
    if (conversation.kind !== 'crowd') return here.has(member.account.id);
    return inIt(member) && (member === person || shown.has(member.account.id));
  });
  return { shown, real: new Set(real.map(({ account }) => account.id)) };
}

function isIn(conversationId: string, place: Device['place']): boolean {
  return place.room === 'group' && place.id === conversationId;
}

function finding(text: string): Finding {
  return { kind: 'presence', text };
}
