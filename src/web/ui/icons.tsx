const PATHS = {
  add: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  bell: 'M6 10a6 6 0 0112 0c0 5 2 6 2 7H4c0-1 2-2 2-7M10 20a2 2 0 004 0',
  chats:
    'M4 6.500A2.500 2.500 0 016.500 4h11A2.500 2.500 0 0120 6.500v7a2.500 2.500 0 01-2.500 2.500H10l-4.500 4v-4A2.500 2.500 0 014 13.500z',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  close: 'M6 6l12 12M18 6L6 18',
  device: 'M5 5h14v10H5zM3 19h18M9 15v4M15 15v4',
  info: 'M12 11v5M12 7.600v.1M21 12a9 9 0 11-18 0 9 9 0 0118 0z',
  key: 'M14.500 9.500a4 4 0 11-4-4 4 4 0 014 4zM13.500 12.500L20 19l-2 2M17 16l-2 2',
  leave: 'M14 5H6v14h8M10 12h10M17 9l3 3-3 3',
  more: 'M12 6v.01M12 12v.01M12 18v.01',
  mute: 'M5 9v6h4l5 4V5L9 9zM18 10l4 4M22 10l-4 4',
  people:
    'M9 11a3.500 3.500 0 100-7 3.500 3.500 0 000 7zM2.500 20a6.500 6.500 0 0113 0M16 4.500a3.500 3.500 0 010 6M18 14.500a6.500 6.500 0 013.500 5.500',
  person: 'M12 12a4 4 0 100-8 4 4 0 000 8zM4.500 20.500a7.500 7.500 0 0115 0',
  search: 'M11 18a7 7 0 100-14 7 7 0 000 14zM16.500 16.500L21 21',
  settings:
    'M12 15a3 3 0 100-6 3 3 0 000 6zM12 3v2.500M12 18.500V21M3 12h2.500M18.500 12H21M5.600 5.600l1.800 1.800M16.600 16.600l1.800 1.800M18.400 5.600l-1.800 1.800M7.400 16.600l-1.800 1.800',
  shield: 'M12 3l7.500 3v5.500c0 4.500-3 8-7.500 9.500-4.500-1.500-7.500-5-7.500-9.500V6z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside words, or inside a button that has a name of its own. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
