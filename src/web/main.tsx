import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme } from './settings/theme.ts';

applyTheme();
const root = document.getElementById('app')!;
// What stood there while the script came.
root.replaceChildren();
render(<App />, root);
