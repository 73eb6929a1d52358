import type { Message } from '../client/wire.ts';
import type { Ledger, SentMessage } from '../load/ledger.ts';
import type { Conversation } from '../load/world.ts';
import type { Finding } from './finding.ts';
import type { Truth } from './truth.ts';

/** What people were promised, held against what the database has. */
export function auditStored(conversations: readonly Conversation[], truth: Truth, ledger: Ledger): Finding[] {
  return conversations.flatMap(({ id, kind }) => {
    const where = `${kind} ${id}`;
    const stored = truth.get(id);
    if (stored === undefined) return [{ kind: 'lost', text: `${where} is not there` }];
    const { messages, lastSeq } = stored;
    const findings: Finding[] = [];
    messages.forEach(({ seq }, index) => {
      if (seq !== index + 1)
        findings.push({ kind: 'gap', text: `${where}: ${seq} is in the place of ${index + 1}` });
    });
    if (messages.length !== lastSeq)
      findings.push({ kind: 'gap', text: `${where}: ${messages.length} messages, but lastSeq ${lastSeq}` });
    const byClientId = Map.groupBy(messages, (message) => message.clientId);
    for (const [clientId, same] of byClientId) {
      const seqs = same.map(({ seq }) => seq).join(', ');
      if (same.length > 1) findings.push({ kind: 'doubled', text: `${where}: ${clientId} at ${seqs}` });
      if (clientId === null || ledger.get(clientId) === undefined)
        findings.push({ kind: 'doubled', text: `${where}: ${seqs} was never sent` });
    }
    for (const sent of ledger.of(id)) {
      const problem = problemWith(sent, byClientId.get(sent.clientId)?.[0]);
      if (problem !== undefined)
        findings.push({ kind: 'lost', text: `${where}: ${sent.clientId} ${problem}` });
    }
    return findings;
  });
}

function problemWith(sent: SentMessage, stored: Message | undefined): string | undefined {
  if (sent.seq === undefined) return undefined;
  if (stored === undefined) return `is not there, though acknowledged as ${sent.seq}`;
  if (stored.seq !== sent.seq) return `is at ${stored.seq}, but was acknowledged as ${sent.seq}`;
  if (stored.senderId !== sent.senderId) return 'has another sender';
  const deleted = stored.deletedAt !== null;
  if (sent.deletion === 'acknowledged' && !deleted) return `(${sent.seq}) was deleted, and stands`;
  if (sent.deletion === 'none' && deleted) return `(${sent.seq}) was never deleted, and is`;
  if (deleted) return undefined;
  const possible = sent.editedInDoubt ? sent.texts : sent.texts.slice(-1);
  return possible.includes(stored.text) ? undefined : `(${sent.seq}) has another text than its last one`;
}
