import { addressOf, ChatList } from './chat-list.js';
import { Conversation } from './conversation.js';
import { ask, hasCookie } from './server.js';

const $ = (selector) => document.querySelector(selector);
const [door, room, panel] = [$('#door'), $('#room'), $('#conversation')];

let me = '';
let chats;
let conversation;
let members = [];

const fieldsOf = (form) => Object.fromEntries(new FormData(form));

/** Does what a form asks for, and tells in the form what was refused. */
function onSubmit(form, work) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const wrong = form.querySelector('[role="alert"]');
    wrong.textContent = '';
    try {
      await work(fieldsOf(form));
      form.reset();
    } catch (error) {
      wrong.textContent = error.message;
    }
  });
}

async function enter() {
  ({ email: me } = await ask('GET', 'me'));
  $('#me').textContent = me;
  door.hidden = true;
  room.hidden = false;
  chats = new ChatList({ onChange: showWho, onOver: leave });
  await chats.load();
  open();
}

function leave() {
  chats?.close();
  conversation?.close();
  chats = conversation = undefined;
  room.hidden = panel.hidden = true;
  door.hidden = false;
  $('#login input').focus();
}

/** What the address says is open. */
function open() {
  conversation?.close();
  conversation = undefined;
  members = [];
  const [, type, name] = /^#(dialog|group)\/(.+)$/.exec(location.hash) ?? [];
  panel.hidden = type === undefined;
  if (type !== undefined) {
    conversation = new Conversation({ chat: { type, id: decodeURIComponent(name) }, me, onOver: leave });
    $('#members').hidden = type !== 'group';
    showWho();
    $('#send textarea').focus();
    // What was unread there is not any more.
    const chat = chats.at(location.hash);
    if (chat) chat.unread = 0;
  }
  chats.show();
}

function showWho() {
  const chat = chats?.at(location.hash);
  const name = location.hash.replace(/^#\w+\//, '');
  $('#conversation h1').textContent = chat?.name ?? decodeURIComponent(name);
  $('#presence').textContent = members.length > 0 ? members.join(', ') : presenceOf(chat);
}

function presenceOf(chat) {
  if (chat?.type !== 'dialog') return '';
  if (chat.is_online) return 'online';
  return chat.last_seen ? `last seen ${new Date(chat.last_seen).toLocaleString()}` : '';
}

for (const path of ['login', 'register']) {
  onSubmit($(`#${path}`), async (fields) => {
    await ask('POST', path, fields);
    await enter();
  });
}

onSubmit($('#group'), async ({ name, members: logins, public: isPublic }) => {
  const listed = logins.split(',').map((login) => login.trim());
  const type = isPublic ? 'public' : 'private';
  const { id } = await ask('POST', 'group', { name, type, members: listed.filter((login) => login !== '') });
  await chats.load();
  location.hash = addressOf({ type: 'group', id: String(id) });
});

$('#find').addEventListener('input', () => chats.show());
$('#find').addEventListener('submit', (event) => {
  event.preventDefault();
  const { login } = fieldsOf(event.target);
  if (login !== '') location.hash = addressOf({ type: 'dialog', id: login });
});

$('#members').addEventListener('click', async () => {
  members = members.length > 0 ? [] : await conversation.members().catch(() => []);
  showWho();
});

$('#logout').addEventListener('click', async () => {
  await ask('POST', 'logout').catch(() => {});
  leave();
});

addEventListener('hashchange', () => chats && open());
// Who has signed up meanwhile is in the list, too.
addEventListener('focus', () => chats?.load());

if (hasCookie()) await enter().catch(leave);
else leave();
