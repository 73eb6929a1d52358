import { useState } from 'preact/hooks';
import { useChat, useMe, useSnapshot } from '../app-context.ts';
import type { Conversation, User } from '../client/index.ts';
import { navigate } from '../router.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Confirm, DialogActions, Modal } from '../ui/modal.tsx';
import { Problem } from '../ui/problem.tsx';
import { useAction } from '../ui/use-action.ts';
import { useTold } from '../ui/use-told.ts';
import { GroupFields, groupOf } from './group-fields.tsx';
import { MemberRow } from './member-row.tsx';
import { PeoplePicker } from './people-picker.tsx';

const RANK = { owner: 0, admin: 1, member: 2 } as const;

export function GroupInfo({ conversation }: { readonly conversation: Conversation }) {
  const client = useChat();
  const me = useMe();
  const told = useTold();
  const members = useSnapshot(({ threads }) => threads.get(conversation.id)?.members);
  const [asking, setAsking] = useState<'leave' | 'change' | 'add'>();
  const close = () => setAsking(undefined);
  const looksAfter = conversation.role !== 'member';
  const shown = [...(members?.values() ?? [])]
    .filter(({ left }) => !left)
    .sort(
      (one, other) => RANK[one.role] - RANK[other.role] || one.displayName.localeCompare(other.displayName),
    );
  const leave = () =>
    told.run(async () => {
      await client.removeMember(conversation.id, 'me');
      navigate('/', { replace: true });
    });
  return (
    <>
      <div class="face">
        <Avatar name={conversation.name} size="large" group />
        <div class="face-text">
          <h2>{conversation.name}</h2>
          <span class="muted">
            {conversation.visibility === 'public' ? 'Open to everybody' : 'By invitation'} ·{' '}
            {conversation.memberCount === 1 ? 'one member' : `${conversation.memberCount} members`}
          </span>
          <div class="face-actions">
            {looksAfter && (
              <button type="button" class="button compact" onClick={() => setAsking('change')}>
                Change
              </button>
            )}
            <button type="button" class="button compact danger" onClick={() => setAsking('leave')}>
              Leave group
            </button>
          </div>
        </div>
      </div>
      {conversation.description !== '' && <p class="about">{conversation.description}</p>}
      <section class="section" aria-label="Members">
        <div class="sheet-head">
          <h2 style={{ flex: 1 }}>Members</h2>
          {looksAfter && (
            <button type="button" class="button compact primary" onClick={() => setAsking('add')}>
              Add people
            </button>
          )}
        </div>
        <ul class="rows">
          {shown.map((member) => (
            <li key={member.userId}>
              <MemberRow member={member} conversation={conversation} isMe={member.userId === me?.id} />
            </li>
          ))}
        </ul>
        {shown.length < conversation.memberCount && (
          <p class="muted">and {conversation.memberCount - shown.length} more</p>
        )}
      </section>
      {asking === 'leave' && (
        <Confirm
          title={`Leave ${conversation.name}?`}
          text="You will not see it any more. What you said stays."
          yes="Leave"
          danger
          onYes={() => void leave()}
          onClose={close}
        />
      )}
      {asking === 'change' && <ChangeGroup conversation={conversation} onClose={close} />}
      {asking === 'add' && (
        <AddMembers
          id={conversation.id}
          present={new Set(shown.map(({ userId }) => userId))}
          onClose={close}
        />
      )}
    </>
  );
}

interface ChangeGroupProps {
  readonly conversation: Conversation;
  onClose(): void;
}

function ChangeGroup({ conversation, onClose }: ChangeGroupProps) {
  const client = useChat();
  const action = useAction();
  const submit = async (event: Event) => {
    const change = groupOf(event);
    if (await action.run(() => client.updateGroup(conversation.id, change))) onClose();
  };
  return (
    <Modal title="Change the group" onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <GroupFields group={conversation} action={action} />
        <Problem text={action.problem} />
        <DialogActions onCancel={onClose}>
          <button type="submit" class="button primary" disabled={action.busy}>
            Save
          </button>
        </DialogActions>
      </form>
    </Modal>
  );
}

interface AddMembersProps {
  readonly id: string;
  readonly present: ReadonlySet<string>;
  onClose(): void;
}

function AddMembers({ id, present, onClose }: AddMembersProps) {
  const client = useChat();
  const action = useAction();
  const [picked, setPicked] = useState<readonly User[]>([]);
  const add = async () => {
    const userIds = picked.map((user) => user.id);
    if (await action.run(() => client.addMembers(id, userIds))) onClose();
  };
  return (
    <Modal title="Add people" onClose={onClose}>
      <PeoplePicker picked={picked} without={present} onChange={setPicked} />
      <Problem text={action.problem} />
      <DialogActions onCancel={onClose}>
        <button
          type="button"
          class="button primary"
          disabled={action.busy || picked.length === 0}
          onClick={() => void add()}
        >
          Add
        </button>
      </DialogActions>
    </Modal>
  );
}
