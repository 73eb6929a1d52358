import { useState } from 'preact/hooks';
import { useApp, useMe } from '../app-context.ts';
import type { OwnUser, Page } from '../client/index.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Field, Search } from '../ui/field.tsx';
import { DialogActions, Modal } from '../ui/modal.tsx';
import { Problem } from '../ui/problem.tsx';
import { fullTime } from '../ui/times.ts';
import { fieldsOf, useAction } from '../ui/use-action.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { useTold } from '../ui/use-told.ts';

interface AdminUser extends OwnUser {
  readonly suspendedAt: string | null;
  readonly deletedAt: string | null;
}

export function Users() {
  const { api } = useApp();
  const [typed, setTyped] = useState('');
  const query = typed.trim() === '' ? '' : `&query=${encodeURIComponent(typed.trim())}`;
  const { value, problem, reload } = useLoaded(
    () => api.get<Page<AdminUser>>(`/admin/users?limit=50${query}`),
    query,
  );
  return (
    <section class="section" aria-label="Users">
      <Search label="Find accounts by name or email" value={typed} onInput={setTyped} />
      {problem !== undefined && <p class="form-error">{problem}</p>}
      <ul class="rows">
        {value?.items.map((user) => (
          <li key={user.id}>
            <UserRow user={user} onChanged={() => void reload()} />
          </li>
        ))}
      </ul>
      {value?.next && <p class="muted">More than these: type a name.</p>}
    </section>
  );
}

interface UserRowProps {
  readonly user: AdminUser;
  onChanged(): void;
}

function UserRow({ user, onChanged }: UserRowProps) {
  const { api } = useApp();
  const me = useMe();
  const told = useTold();
  const [suspending, setSuspending] = useState(false);
  const { id, displayName, username, email, verified, admin, suspendedAt, deletedAt, createdAt } = user;
  const change = (work: () => Promise<unknown>) => told.run(() => work().then(onChanged));
  const canChange = me?.id !== id && deletedAt === null;
  return (
    <div class="row">
      <Avatar name={displayName} picture={user.avatar} />
      <span class="row-text">
        <strong>
          <span class="clip">{displayName}</span>
          {admin && <span class="tag">admin</span>}
          {user.guest && <span class="tag">guest</span>}
          {suspendedAt !== null && <span class="tag bad">suspended</span>}
          {deletedAt !== null && <span class="tag">deleted</span>}
        </strong>
        <span class="small muted">
          @{username}
          {email !== null && ` · ${email} (${verified ? 'verified' : 'not verified'})`} · since{' '}
          {fullTime(createdAt)}
        </span>
      </span>
      {canChange && (
        <span class="row-actions">
          {email !== null && !verified && (
            <button
              type="button"
              class="button compact"
              disabled={told.busy}
              aria-label={`Verify ${username}`}
              onClick={() => void change(() => api.put(`/admin/users/${id}/verification`))}
            >
              Verify
            </button>
          )}
          {suspendedAt === null ? (
            <button
              type="button"
              class="button compact danger"
              disabled={told.busy}
              aria-label={`Suspend ${username}`}
              onClick={() => setSuspending(true)}
            >
              Suspend
            </button>
          ) : (
            <button
              type="button"
              class="button compact"
              disabled={told.busy}
              aria-label={`Lift suspension of ${username}`}
              onClick={() => void change(() => api.delete(`/admin/users/${id}/suspension`))}
            >
              Lift suspension
            </button>
          )}
        </span>
      )}
      {suspending && <Suspend user={user} onDone={onChanged} onClose={() => setSuspending(false)} />}
    </div>
  );
}

interface SuspendProps {
  readonly user: AdminUser;
  onDone(): void;
  onClose(): void;
}

function Suspend({ user, onDone, onClose }: SuspendProps) {
  const { api } = useApp();
  const action = useAction();
  const submit = async (event: Event) => {
    const { note } = fieldsOf(event);
    const worked = await action.run(() => api.put(`/admin/users/${user.id}/suspension`, { note }));
    if (!worked) return;
    onClose();
    onDone();
  };
  return (
    <Modal title={`Suspend ${user.displayName}?`} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p>They are signed out everywhere and cannot sign in until you lift it.</p>
        <Field label="Why (for the audit log)" name="note" maxLength={500} autoComplete="off" />
        <Problem text={action.problem} />
        <DialogActions onCancel={onClose}>
          <button type="submit" class="button danger" disabled={action.busy}>
            Suspend
          </button>
        </DialogActions>
      </form>
    </Modal>
  );
}
