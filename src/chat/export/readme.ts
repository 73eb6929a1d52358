export const README = `What this server knows about you
================================

profile.json         your account
sessions.json        where you are and were signed in
friendships.json     your friends, and what was asked, rejected or ended
blocks.json          whom you block
passkeys.json        what you sign in with besides a password,
identities.json      and the accounts elsewhere that let you in
invitations.json     whom you invited
uploads.json         the files that you uploaded,
uploads/             and what is in them, named by their id; of more than 3 GB only some, the others can be
                     had by GET /api/v1/media/{id}
conversations.json   the dialogs and groups that you are in or have left
messages/            one folder for each conversation, named by its id, with its messages in order, some
                     thousand in each file: in a dialog all of them; in a group yours, and what others said
                     after you joined; in a group that you have left only yours
audit.json           what admins did to your account; of what you did as an admin yourself, everything

All other files are JSON in UTF-8. Times are in UTC. "senderId" and other ids of people are the "id" of a profile; deleted
messages have an empty text. Passwords and tokens are not here: the server keeps nothing that could be read.
`;
