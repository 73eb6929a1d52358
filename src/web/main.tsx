import { render } from 'preact';
import { App } from './app.tsx';
import { noteReturn } from './session/elsewhere.ts';
import { applyTheme } from './settings/theme.ts';

applyTheme();
noteReturn();
const root = document.getElementById('app')!;
// What stood there while the script came.
root.replaceChildren();
render(<App />, root);
