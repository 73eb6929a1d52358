import { useRef, useState } from 'preact/hooks';
import { useApp, useChat } from '../app-context.ts';
import type { OwnUser } from '../client/index.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { Confirm } from '../ui/modal.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf, useAction } from '../ui/use-action.ts';
import { useTold } from '../ui/use-told.ts';
import { CompleteAccount } from './complete-account.tsx';

interface ProfileProps {
  readonly me: OwnUser;
}

export function Profile({ me }: ProfileProps) {
  return (
    <>
      <Picture me={me} />
      {me.guest && <CompleteAccount me={me} />}
      <Names me={me} />
      {me.email !== null && <Email me={me} />}
      <SignOut guest={me.guest} />
    </>
  );
}

function Picture({ me }: ProfileProps) {
  const client = useChat();
  const told = useTold();
  const input = useRef<HTMLInputElement>(null);
  const upload = (file: File | undefined) =>
    file && told.run(async () => client.setMe(await client.api.upload<OwnUser>('PUT', '/me/avatar', file)));
  const remove = () =>
    told.run(async () => {
      await client.api.delete('/me/avatar');
      client.setMe({ ...me, avatar: null });
    });
  return (
    <div class="face">
      <Avatar name={me.displayName} picture={me.avatar} size="large" />
      <div class="face-text">
        <h2>{me.displayName}</h2>
        <span class="muted">@{me.username}</span>
        <div class="face-actions">
          <input
            ref={input}
            class="hidden-text"
            type="file"
            accept="image/jpeg,image/png,image/webp,image/gif,image/avif"
            aria-label="Picture"
            tabIndex={-1}
            onChange={(event) => void upload(event.currentTarget.files?.[0])}
          />
          <button
            type="button"
            class="button compact"
            disabled={told.busy}
            onClick={() => input.current?.click()}
          >
            {told.busy ? 'Uploading…' : 'Choose a picture'}
          </button>
          {me.avatar !== null && (
            <button
              type="button"
              class="button compact quiet"
              disabled={told.busy}
              onClick={() => void remove()}
            >
              Remove it
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

function Names({ me }: ProfileProps) {
  const client = useChat();
  const { say } = useApp();
  const action = useAction();
  const submit = (event: Event) => {
    const { username, displayName } = fieldsOf(event);
    return action.run(async () => {
      client.setMe(await client.api.patch<OwnUser>('/me', { username, displayName }));
      say('Saved.');
    });
  };
  return (
    <form class="form card" onSubmit={(event) => void submit(event)}>
      <Field
        label="Name"
        name="displayName"
        value={me.displayName}
        maxLength={64}
        autoComplete="name"
        error={action.problemOf('displayName')}
        required
      />
      <Field
        label="Username"
        name="username"
        value={me.username}
        maxLength={64}
        autoComplete="username"
        autoCapitalize="none"
        error={action.problemOf('username')}
        required
      />
      <Problem text={action.problem} />
      <div>
        <button type="submit" class="button primary" disabled={action.busy}>
          Save
        </button>
      </div>
    </form>
  );
}

function Email({ me }: ProfileProps) {
  const { api } = useApp();
  const told = useTold();
  const resend = () => told.run(() => api.post('/email/resend'), 'A mail is on its way.');
  return (
    <section class="section">
      <h2>Email</h2>
      <div class="row">
        <span class="row-text">{me.email}</span>
        {me.verified ? (
          <span class="tag good">verified</span>
        ) : (
          <button type="button" class="button compact" disabled={told.busy} onClick={() => void resend()}>
            Send the verification mail again
          </button>
        )}
      </div>
    </section>
  );
}

function SignOut({ guest }: { readonly guest: boolean }) {
  const { session, api } = useApp();
  const told = useTold();
  const [asking, setAsking] = useState(false);
  const signOut = () => told.run(() => session.signOut(() => api.delete('/sessions/page')));
  return (
    <div>
      <button
        type="button"
        class="button danger"
        disabled={told.busy}
        onClick={() => (guest ? setAsking(true) : void signOut())}
      >
        <Icon name="leave" /> Sign out
      </button>
      {asking && (
        <Confirm
          title="Leave for good?"
          text="A guest cannot sign in again. Make a full account first if you want to come back."
          yes="Sign out"
          danger
          onYes={() => void signOut()}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
