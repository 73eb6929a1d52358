import { type SchemaType, schema, t } from '@colyseus/schema';

export const MemberState = schema(
  {
    username: t.string(),
    displayName: t.string(),
    role: t.string(),
    online: t.boolean(),
    typing: t.boolean(),
    deliveredSeq: t.number(),
    readSeq: t.number(),
  },
  'Member',
);
export type MemberState = SchemaType<typeof MemberState>;

/** A live picture of a conversation. In a large group `members` holds only those who are in the room. */
export const ConversationState = schema(
  {
    id: t.string(),
    kind: t.string(),
    name: t.string(),
    description: t.string(),
    lastSeq: t.number(),
    rev: t.number(),
    memberCount: t.number(),
    members: t.map(MemberState),
  },
  'Conversation',
);
export type ConversationState = SchemaType<typeof ConversationState>;
