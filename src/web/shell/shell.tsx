import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { AdminPage } from '../admin/admin-page.tsx';
import { useChat, useSnapshot } from '../app-context.ts';
import { ConversationView } from '../conversation/conversation-view.tsx';
import { ConversationInfoPage } from '../groups/conversation-info.tsx';
import { NewGroup } from '../groups/new-group.tsx';
import { PeoplePage } from '../people/people-page.tsx';
import { match, navigate, usePlace } from '../router.tsx';
import { SettingsPage } from '../settings/settings-page.tsx';
import { Icon } from '../ui/icons.tsx';
import { ConversationList } from './conversation-list.tsx';
import { useNotifications } from './notifications.ts';
import { OfflineBanner } from './offline-banner.tsx';
import { Rail } from './rail.tsx';
import { useTitle } from './title.ts';

/** What is around every page: where one can go, the conversations, and one thing at a time beside them. */
export function Shell() {
  const { path } = usePlace();
  useTitle();
  useNotifications();
  const page = pageAt(path);
  return (
    <div class={`shell ${page === undefined ? 'shows-list' : 'shows-page'}`}>
      <a class="skip" href="#page">
        Skip to the content
      </a>
      <OfflineBanner />
      <Rail path={path} />
      <ConversationList openId={match('/c/:id', path)?.id ?? match('/c/:id/:part', path)?.id} />
      <main class="page" id="page" tabIndex={-1}>
        {page ?? <Nothing />}
      </main>
    </div>
  );
}

function pageAt(path: string): ComponentChildren {
  const info = match('/c/:id/info', path);
  if (info !== undefined) return <ConversationInfoPage key={info.id} id={info.id!} />;
  const conversation = match('/c/:id', path);
  if (conversation !== undefined) return <OpenConversation key={conversation.id} id={conversation.id!} />;
  if (path.startsWith('/people')) return <PeoplePage />;
  if (path === '/new-group') return <NewGroup />;
  if (path.startsWith('/settings')) return <SettingsPage path={path} />;
  if (path.startsWith('/admin')) return <AdminPage path={path} />;
  return undefined;
}

function OpenConversation({ id }: { readonly id: string }) {
  const client = useChat();
  const gone = useSnapshot(({ loaded, conversations }) => loaded && !conversations.has(id));
  useEffect(() => {
    if (gone) navigate('/', { replace: true });
  }, [gone]);
  return gone ? null : <ConversationView client={client} conversationId={id} onClose={() => navigate('/')} />;
}

function Nothing() {
  return (
    <div class="empty">
      <Icon name="chats" />
      <h2>Choose a conversation</h2>
      <p>Or find somebody to talk to among the people.</p>
    </div>
  );
}
