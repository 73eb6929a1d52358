import { useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { switchNotifications, wantsNotifications } from '../shell/notifications.ts';
import { chooseTheme, chosenTheme, THEMES } from './theme.ts';

const NAMES = { system: 'Like the device', light: 'Light', dark: 'Dark' } as const;

export function Appearance() {
  const { say } = useApp();
  const [theme, setTheme] = useState(chosenTheme);
  const [told, setTold] = useState(wantsNotifications);
  const switchTo = async (on: boolean) => {
    const is = await switchNotifications(on);
    setTold(is);
    if (on && !is) say('The browser does not allow it for this page.');
  };
  return (
    <>
      <section class="section">
        <fieldset class="choices">
          <legend>Colours</legend>
          {THEMES.map((each) => (
            <label class="choice" key={each}>
              <input
                type="radio"
                name="theme"
                checked={theme === each}
                onChange={() => {
                  chooseTheme(each);
                  setTheme(each);
                }}
              />
              <span>{NAMES[each]}</span>
            </label>
          ))}
        </fieldset>
      </section>
      <section class="section">
        <h2>Notifications</h2>
        <p class="muted">Told of new messages while this page is in the background.</p>
        <div>
          <button type="button" class="button" aria-pressed={told} onClick={() => void switchTo(!told)}>
            {told ? 'Switch off' : 'Switch on'}
          </button>
        </div>
      </section>
    </>
  );
}
