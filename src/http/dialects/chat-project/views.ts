import type { AttachmentView, MarkView, MessageView } from '../../../chat/events.ts';
import type { ListedGroup } from '../../../chat/list-groups.ts';
import type { Tie, TiedPerson } from '../../../chat/ties.ts';
import { messageUuid, statusUuid } from './ids.ts';

/** As the old server wrote them: with microseconds, of which ours are zero. */
export function timeOf(iso: string): string {
  return iso.replace(/Z$/, '000Z');
}

/** All pictures of people are of one kind here. The key is what lets whoever was shown it see it. */
export function imageOf(base: string, userId: string, avatarKey: string | null): string | null {
  return avatarKey === null ? null : `${base}/media/user_images/User_${userId}.webp?key=${avatarKey}`;
}

/** Named by the picture itself, so that it is read like any other of ours. */
export function groupImageOf(
  base: string,
  { avatarId, avatarKey }: Pick<ListedGroup, 'avatarId' | 'avatarKey'>,
): string | null {
  return avatarId === null ? null : `${base}/media/group_images/${avatarId}.webp?key=${avatarKey}`;
}

export function userOf(base: string, person: TiedPerson): object {
  return {
    id: person.id,
    personal_image: imageOf(base, person.id, person.avatarKey),
    username: person.username,
    first_name: person.firstName,
    last_name: person.lastName,
    email: person.email ?? '',
  };
}

/** In a list the two are ids, as its description has it; everywhere else they are themselves. */
export function friendshipOf(base: string, { id, since, requester, addressee }: Tie): object {
  return {
    id,
    from_user: userOf(base, requester),
    to_user: userOf(base, addressee),
    date_created: timeOf(since),
    status_from_user: requester.side,
    status_to_user: addressee.side,
  };
}

export function listedFriendshipOf(base: string, tie: Tie): object {
  const { requester, addressee } = tie;
  return {
    ...friendshipOf(base, tie),
    from_user: requester.id,
    to_user: addressee.id,
    from_user_data: userOf(base, requester),
    to_user_data: userOf(base, addressee),
  };
}

export function mediaOf(base: string, message: Pick<MessageView, 'attachments' | 'sentAt'>): object[] {
  return message.attachments.map((attachment) => ({
    id: attachment.id,
    file: fileOf(base, attachment),
    uploaded_at: timeOf(message.sentAt),
  }));
}

/** The name as it was, with what makes it the only one before its extension, and the right to read it after. */
function fileOf(base: string, { id, name, url }: AttachmentView): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  return `${base}/media/media/files/${encodeURIComponent(`${stem}_${id}${extension}`)}?${url.split('?')[1]}`;
}

/** A message of a dialog and what has become of it; `marks` are those of whoever it is for. */
export function messageStatusOf(
  base: string,
  tie: Tie,
  message: MessageView,
  marks: Pick<MarkView, 'deliveredSeq' | 'readSeq'>,
): object {
  const receiver = otherOf(tie, message.senderId).id;
  return {
    id: statusUuid(message.id),
    message: {
      id: messageUuid(message.id),
      content: message.text,
      created_at: timeOf(message.sentAt),
      friendship: tie.id,
      sender: message.senderId,
      receiver,
      media: mediaOf(base, message),
    },
    receiver,
    is_seen: message.seq <= marks.readSeq,
    is_received: message.seq <= marks.deliveredSeq,
    // When a mark moved is not kept.
    updated_at: timeOf(message.editedAt ?? message.sentAt),
  };
}

export function otherOf({ requester, addressee }: Tie, userId: string): TiedPerson {
  return requester.id === userId ? addressee : requester;
}

/** Nothing is said any more, and nothing is told as it happens, once either has rejected the other. */
export function isOpen({ requester, addressee }: Tie): boolean {
  return requester.side !== 'rejected' && addressee.side !== 'rejected';
}
