import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icons.tsx';

type InputProps = Pick<
  InputHTMLAttributes<HTMLInputElement>,
  | 'autoCapitalize'
  | 'autoComplete'
  | 'autoFocus'
  | 'inputMode'
  | 'maxLength'
  | 'minLength'
  | 'placeholder'
  | 'required'
  | 'value'
>;

interface FieldProps extends InputProps {
  readonly label: string;
  readonly name: string;
  readonly type?: 'text' | 'email' | 'password';
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
}

/** One input with its name, what is in it at first, a hint, and what is wrong with it. */
export function Field({ label, type = 'text', hint, error, value, ...input }: FieldProps) {
  const id = useId();
  const about = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return (
    <label class="field" for={id}>
      <span>{label}</span>
      <input
        class="input"
        // The roles that an input may have depend on its type; none of ours has one.
        type={type as 'text'}
        {...input}
        // As `value` it would come back at every drawing, over what was typed.
        defaultValue={value}
        id={id}
        aria-invalid={error !== undefined ? 'true' : undefined}
        aria-describedby={about.length > 0 ? about.join(' ') : undefined}
      />
      {error !== undefined && (
        <span class="field-error" id={`${id}-error`}>
          {error}
        </span>
      )}
      {hint !== undefined && (
        <span class="small muted" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </label>
  );
}

type NewPasswordProps = Pick<FieldProps, 'label' | 'name' | 'hint' | 'error' | 'autoFocus'>;

/** A password to be: as long as the server wants it. */
export function NewPasswordField(props: NewPasswordProps) {
  return (
    <Field {...props} type="password" autoComplete="new-password" minLength={8} maxLength={256} required />
  );
}

interface SearchProps {
  readonly label: string;
  readonly value: string;
  onInput(text: string): void;
}

export function Search({ label, value, onInput }: SearchProps) {
  return (
    <label class="search">
      <Icon name="search" />
      <span class="hidden-text">{label}</span>
      <input
        class="input"
        type="search"
        placeholder={label}
        value={value}
        maxLength={64}
        autoComplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
