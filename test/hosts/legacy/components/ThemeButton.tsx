'use client';

import { SunMoon } from 'lucide-react';

export function ThemeButton() {
  return (
    <button
      type="button"
      aria-label="Theme"
      onClick={() => {
        const dark = document.documentElement.classList.toggle('dark');
        localStorage.setItem('theme', dark ? 'dark' : 'light');
      }}
      className="grid size-9 shrink-0 place-items-center rounded-full outline-none hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/60"
    >
      <SunMoon aria-hidden className="size-5" />
    </button>
  );
}
