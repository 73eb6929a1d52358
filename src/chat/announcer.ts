import type { Bus } from '../bus/bus.ts';
import { type KeptEvent, topics } from './events.ts';
import { SMALL_GROUP } from './limits.ts';
import type { MembersAt, MemberTopics } from './members.ts';

/** The conversation as the change left it. */
export interface ConversationAt extends MembersAt {
  readonly memberCount: number;
}

/** Tells what was committed to whoever may want to know. Called after the commit, never before. */
export class Announcer {
  readonly #bus: Bus;
  readonly #members: MemberTopics;

  constructor(bus: Bus, members: MemberTopics) {
    this.#bus = bus;
    this.#members = members;
  }

  /**
   * Makes the following `announce` of these conversations immediate. Failing to read a member list is no
   * reason to fail a committed command: the position check repairs what is then not heard.
   */
  async prepare(conversations: readonly ConversationAt[]): Promise<void> {
    const small = conversations.filter((each) => each.memberCount <= SMALL_GROUP);
    await this.#members.load(small).catch(() => {});
  }

  /** To the conversation's topic and, while it is small, to the topic of each member. */
  announce(conversation: ConversationAt, event: KeptEvent): void {
    this.#bus.publish(topics.conversation(conversation.conversationId), event);
    if (conversation.memberCount > SMALL_GROUP) return;
    for (const topic of this.#members.get(conversation) ?? []) this.#bus.publish(topic, event);
  }

  /**
   * To each member, when the group has just become large: they do not listen on its topic yet, and learn from this
   * that they must. Whatever else they missed they read then.
   */
  async tellEach(conversation: ConversationAt, event: KeptEvent): Promise<void> {
    await this.#members.load([conversation]).catch(() => {});
    for (const topic of this.#members.get(conversation) ?? []) this.#bus.publish(topic, event);
  }

  /** To one person, besides: somebody who has just left is no longer among the members. */
  tell(userId: string, event: KeptEvent): void {
    this.#bus.publish(topics.user(userId), event);
  }
}
