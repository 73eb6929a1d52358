import { useSnapshot } from '../app-context.ts';
import { nameIn } from './use-person.ts';

const MAX_NAMED = 3;

/** There also when nobody types, so that nothing moves when somebody begins. */
export function TypingLine({ conversationId }: { readonly conversationId: string }) {
  const words = useSnapshot((snapshot) => {
    const typists = [...(snapshot.typing.get(conversationId) ?? [])];
    const names = typists.slice(0, MAX_NAMED).map((id) => nameIn(snapshot, conversationId, id) ?? 'Somebody');
    if (names.length === 0) return '';
    if (typists.length > MAX_NAMED) return 'Several people are typing…';
    return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing…`;
  });
  return (
    <p class="typing small muted" role="status">
      {words}
    </p>
  );
}
