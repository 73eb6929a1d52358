import { inParallel } from '../../bench/support/parallel.ts';
import { Account } from '../client/account.ts';
import { Device, type Place } from '../client/device.ts';
import type { Random } from './random.ts';

export interface WorldOptions {
  readonly url: string;
  readonly random: Random;
  readonly pairs: number;
  /** Members of the small group, who write without a pause from wherever they are. */
  readonly team: number;
  /** Members of the large group, most of whom are never there. */
  readonly crowd: number;
  /** Of them, how many are. */
  readonly active: number;
}

export interface Person {
  readonly account: Account;
  readonly devices: readonly Device[];
  readonly friendId: string | undefined;
}

export type Kind = 'dialog' | 'team' | 'crowd';

export interface Conversation {
  readonly id: string;
  readonly kind: Kind;
  readonly members: readonly Person[];
}

export interface World {
  readonly people: readonly Person[];
  readonly conversations: readonly Conversation[];
}

const AT_ONCE = 8;

/** Pairs of friends, a small group of some of them and a large one with many strangers; all come in. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { url, random, pairs, team, crowd, active } = options;
  const names = Array.from({ length: pairs * 2 }, (_, index) => `p${index + 1}`);
  const accounts = await inParallel(names, AT_ONCE, (name) => Account.signUp(url, name));
  const dialogs = await inParallel([...Array(pairs).keys()], AT_ONCE, (pair) =>
    befriend(accounts[pair * 2]!, accounts[pair * 2 + 1]!),
  );
  // Every second person, so that friends are in different groups.
  const teamAccounts = accounts.filter((_, index) => index % 2 === 0).slice(0, team);
  const activeAccounts = accounts.filter((_, index) => index % 2 === 1).slice(0, active);
  const strangers = Array.from({ length: crowd - activeAccounts.length }, (_, index) => `s${index + 1}`);
  const silent = await inParallel(strangers, AT_ONCE, (name) => Account.signUp(url, name));
  const teamId = await makeGroup('team', teamAccounts);
  const crowdId = await makeGroup('crowd', [...activeAccounts, ...silent]);

  const people = accounts.map((account, index): Person => {
    const friend = accounts[index % 2 === 0 ? index + 1 : index - 1]!;
    const groups = [
      ...(teamAccounts.includes(account) ? [teamId] : []),
      ...(activeAccounts.includes(account) ? [crowdId] : []),
    ];
    const places = placesOf(random, friend.id, groups);
    const devices = places.map((place) => new Device(`${account.username}/${place.room}`, account, place));
    return { account, devices, friendId: friend.id };
  });
  await inParallel(
    people.flatMap((person) => person.devices),
    AT_ONCE,
    (device) => device.come(),
  );

  const having = (some: readonly Account[]): Person[] =>
    people.filter((person) => some.includes(person.account));
  return {
    people,
    conversations: [
      ...dialogs.map((id, pair) => ({
        id,
        kind: 'dialog' as const,
        members: people.slice(pair * 2, pair * 2 + 2),
      })),
      { id: teamId, kind: 'team', members: having(teamAccounts) },
      { id: crowdId, kind: 'crowd', members: having(activeAccounts) },
    ],
  };
}

/** An inbox, or a room for each conversation, or both at once. */
function placesOf(random: Random, friendId: string, groups: readonly string[]): Place[] {
  const inbox: Place[] = [{ room: 'inbox' }];
  const rooms: Place[] = [
    { room: 'dialog', userId: friendId },
    ...groups.map((id): Place => ({ room: 'group', id })),
  ];
  return random.pick([inbox, rooms, [...inbox, ...rooms]]);
}

async function befriend(one: Account, other: Account): Promise<string> {
  await one.api('POST', '/friendships', { userId: other.id });
  await other.api('POST', '/friendships', { userId: one.id });
  const { id } = await one.api<{ id: string }>('POST', '/conversations', {
    kind: 'dialog',
    userId: other.id,
  });
  return id;
}

async function makeGroup(name: string, [owner, ...members]: readonly Account[]): Promise<string> {
  const group = { kind: 'group', name, members: members.map(({ id }) => id) };
  const { id } = await owner!.api<{ id: string }>('POST', '/conversations', group);
  return id;
}
