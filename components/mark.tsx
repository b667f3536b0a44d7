/** The logo: a checkpoint gate with a traveller's pass below it. */
export const Mark = () => (
  <svg viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="square" aria-hidden="true">
    <path d="M3 8.5h26M8 5v23M24 5v23M8 14h16" />
    <path d="M16 17.5l3 2v5h-6v-5z" strokeWidth="1.8" strokeLinejoin="round" />
  </svg>
);
