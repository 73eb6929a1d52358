import type { Visibility } from '../client/index.ts';

interface VisibilityChoiceProps {
  readonly value: Visibility;
  onChange(value: Visibility): void;
}

const CHOICES: readonly (readonly [Visibility, string])[] = [
  ['private', 'By invitation'],
  ['public', 'Open to everybody'],
];

export function VisibilityChoice({ value, onChange }: VisibilityChoiceProps) {
  return (
    <fieldset class="choices">
      <legend>Who may join</legend>
      {CHOICES.map(([choice, name]) => (
        <label class="choice" key={choice}>
          <input
            type="radio"
            name="visibility"
            checked={value === choice}
            onChange={() => onChange(choice)}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
