const folder = new URL('.', location.href).pathname;
const find = (id) => document.getElementById(id);
let me = '';
let socket;
let open;

async function post(path, fields = {}) {
  const response = await fetch(folder + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(fields),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

/** What goes wrong is said; nothing that others wrote is ever read as HTML. */
function attempt(work) {
  find('notice').textContent = '';
  return work().catch((error) => {
    find('notice').textContent = error.message;
  });
}

function onSubmit(id, work) {
  find(id).addEventListener('submit', (event) => {
    event.preventDefault();
    const form = new FormData(event.target, event.submitter);
    attempt(() => work(Object.fromEntries(form), event.target));
  });
}

function item(text, ...buttons) {
  const li = document.createElement('li');
  li.append(text);
  for (const [label, work] of buttons) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.addEventListener('click', () => attempt(work));
    li.append(' ', button);
  }
  return li;
}

async function showPeople() {
  const [requests, contacts] = await Promise.all([post('getIncomingFriendRequests'), post('getContacts')]);
  const answer = (path, { username }) => [
    path === 'acceptRequest' ? 'Accept' : 'Deny',
    () => post(path, { friend_username: username }).then(showPeople),
  ];
  find('requests').replaceChildren(
    ...requests.map((each) =>
      item(`${each.displayName} asks`, answer('acceptRequest', each), answer('denyRequest', each)),
    ),
  );
  find('contacts').replaceChildren(
    ...contacts.map((each) => item('', [each.displayName, async () => showConversation(each)])),
  );
}

function showConversation(contact) {
  open = contact;
  find('peer').textContent = contact.displayName;
  find('messages').replaceChildren();
  socket.emit('fetchChat', { cIds: [contact.conversationId], timestamps: [0] });
}

function showMessage({ from, payload, timestamp }) {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  find('messages').append(item(`${new Date(timestamp).toLocaleTimeString()} ${from}: ${text}`));
  find('messages').lastChild.scrollIntoView();
}

async function enter(username) {
  me = username;
  find('enter').hidden = true;
  find('chat').hidden = false;
  // The cookie that came with signing in says who this is.
  socket = window.io({ path: `${folder}socket.io` });
  // After every break of the line what was missed is fetched.
  socket.on('connect', () => open && showConversation(open));
  socket.on('fetchChat', (chats) => {
    const messages = chats[open?.conversationId];
    if (!messages) return;
    find('messages').replaceChildren();
    messages.forEach(showMessage);
  });
  socket.on('chatMessage', (message) => {
    if (message.cId === open?.conversationId) showMessage(message);
    else find('notice').textContent = `${message.from} writes`;
  });
  for (const event of ['friendRequest', 'friendAdded']) socket.on(event, () => attempt(showPeople));
  for (const event of ['unauthorized', 'refused'])
    socket.on(event, ({ error }) => {
      find('notice').textContent = error;
    });
  await showPeople();
}

onSubmit('enter', async ({ do: path, ...fields }) => {
  const { username } = await post(path, fields);
  await enter(username);
});

onSubmit('add', async (fields, form) => {
  await post('addFriend', fields);
  form.reset();
  await showPeople();
});

onSubmit('write', async ({ text }, form) => {
  if (!open) throw new Error('choose somebody first');
  socket.emit('chatMessage', { cId: open.conversationId, message: { type: 'text', payload: text } });
  form.reset();
});

find('leave').addEventListener('click', () =>
  attempt(async () => {
    await post('logout', { username: me });
    location.reload();
  }),
);
