/** Views built by the database itself: one statement, one snapshot, nothing to put together afterwards. */

/** The same text as JavaScript's `toISOString`. */
export function isoSql(column: string): string {
  return `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** An `UnlinkedMessage` of a row of `message`. */
export function messageJson(m: string): string {
  return `json_build_object(
    'id', ${m}.id, 'seq', ${m}.seq, 'rev', ${m}.rev, 'senderId', ${m}.sender_id, 'clientId', ${m}.client_id,
    'text', ${m}.text, 'attachments', coalesce(${m}.attachments, '[]'), 'replyTo', ${m}.reply_to,
    'sentAt', ${isoSql(`${m}.created_at`)}, 'editedAt', ${isoSql(`${m}.edited_at`)},
    'deletedAt', ${isoSql(`${m}.deleted_at`)})`;
}

/** A `ConversationInfo` of a row of `conversation`, but for its id. */
export function infoColumns(c: string): string {
  return `${c}.number, ${c}.kind, ${c}.name, ${c}.description, ${c}.visibility, ${avatarSql(c)} as avatar`;
}

/** Of a person or a group; null without a picture. */
function avatarSql(row: string): string {
  return `'/api/v1/media/' || ${row}.avatar_id || '?key=' || ${row}.avatar_key`;
}

/** A `UserView` of a row of `"user"`. */
export function userJson(u: string): string {
  return `json_build_object(
    'id', ${u}.id, 'number', ${u}.number, 'username', ${u}.username, 'displayName', ${u}.display_name,
    'bot', ${u}.bot,
    'guest', ${u}.password_hash is null and not (${u}.other_way_in or ${u}.bot) and ${u}.deleted_at is null,
    'avatar', ${avatarSql(u)},
    'lastSeenAt', ${isoSql(`${u}.last_seen_at`)})`;
}
