import type { Visibility } from '../client/index.ts';

interface VisibilityChoiceProps {
  /** What is chosen at first. */
  readonly first: Visibility;
}

const CHOICES: readonly (readonly [Visibility, string])[] = [
  ['private', 'By invitation'],
  ['public', 'Open to everybody'],
];

export function VisibilityChoice({ first }: VisibilityChoiceProps) {
  return (
    <fieldset class="choices">
      <legend>Who may join</legend>
      {CHOICES.map(([choice, name]) => (
        <label class="choice" key={choice}>
          <input type="radio" name="visibility" value={choice} defaultChecked={first === choice} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
