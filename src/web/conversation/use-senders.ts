import { useEffect, useRef } from 'preact/hooks';
import { useChat, useSnapshot } from '../app-context.ts';
import type { Message } from '../client/index.ts';
import { nameIn, pictureIn } from './use-person.ts';

export interface Sender {
  readonly name: string;
  readonly picture: string | null;
}

/** Those who speak, by name and picture; the same object for as long as both are the same. */
export function useSenders(
  conversationId: string,
  messages: readonly Message[],
  me: string | undefined,
): (userId: string) => Sender {
  const client = useChat();
  const kept = useRef(new Map<string, Sender>());
  useSnapshot(({ people }) => people);
  const isGroup = useSnapshot(({ conversations }) => conversations.get(conversationId)?.kind === 'group');
  const speakers = [...new Set(messages.map(({ senderId }) => senderId))].join();
  useEffect(() => {
    if (isGroup)
      for (const userId of speakers.split(',')) if (userId !== '' && userId !== me) client.person(userId);
  }, [speakers, isGroup, me]);
  return (userId) => {
    const { snapshot } = client.store;
    const name = nameIn(snapshot, conversationId, userId) ?? 'Somebody';
    const picture = pictureIn(snapshot, userId);
    const known = kept.current.get(userId);
    if (known?.name === name && known.picture === picture) return known;
    const sender = { name, picture };
    kept.current.set(userId, sender);
    return sender;
  };
}
