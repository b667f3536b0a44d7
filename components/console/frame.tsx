import type { ReactNode } from "react";
import { ConsoleKeys } from "#components/console/keys";
import { Waiting } from "#components/console/waiting";
import type { Words } from "#lib/words/ja";

/** A room of the console with the count of what waits in it. */
export type Room = { href: string; label: string; waiting?: number };

type Props = {
  words: Words["consoleFrame"];
  /** Who acts, with the role in words and until when acts are open. */
  person: string;
  role: string;
  acts: string;
  rooms: readonly (readonly Room[])[];
  children: ReactNode;
};

/**
 * The frame of the console: who acts, one field that finds everything, the page, and the rooms. The list comes after the page in the source, and before
 * it for the Tab key where it stands on its left.
 */
export const ConsoleFrame = ({ words, person, role, acts, rooms, children }: Props) => (
  <div className="mx-auto grid w-full max-w-[80rem] grid-cols-[minmax(0,1fr)] px-4 @[56rem]:grid-cols-[11.5rem_minmax(0,1fr)] @[56rem]:gap-x-7 @[56rem]:[reading-flow:grid-order] print:block print:px-0">
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2 border-b border-line py-2.5 @[56rem]:col-span-2 print:hidden">
      <form
        method="get"
        action="/admin/users"
        className="order-last flex min-w-0 flex-[1_1_18rem] gap-2 @[56rem]:order-none @[56rem]:max-w-[30rem]"
      >
        <label className="sr-only" htmlFor="console-search">
          {words.search}
        </label>
        <input
          className="input m-0! min-w-0 flex-1"
          id="console-search"
          name="q"
          type="search"
          placeholder={words.searchHint}
          autoComplete="off"
        />
        <button type="submit" className="button quiet small flex-none">
          {words.find}
        </button>
      </form>
      <p className="ml-auto flex flex-wrap items-baseline gap-x-4 text-sm">
        <span>
          <b>{person}</b>（{role}）
        </span>
        <span className="text-ink-2">{acts}</span>
      </p>
      <a className="text-sm @[56rem]:hidden" href="#rooms">
        {words.toRooms}
      </a>
    </div>
    <div className="min-w-0 py-6 @[56rem]:order-2">{children}</div>
    <nav
      id="rooms"
      aria-label={words.rooms}
      className="border-t border-line py-4 @[56rem]:order-1 @[56rem]:border-t-0 @[56rem]:border-r @[56rem]:pr-3 print:hidden"
    >
      {rooms.map((group, index) => (
        <ul
          key={group[0]?.href ?? index}
          className="grid grid-cols-2 gap-x-3 not-first:mt-3 not-first:border-t not-first:border-line not-first:pt-3 @[56rem]:grid-cols-1"
        >
          {group.map(({ href, label, waiting }) => (
            <li key={href}>
              <a
                className="console-room flex min-h-11 items-center justify-between gap-2 border-l-[3px] border-transparent px-3 text-ink no-underline hover:underline aria-[current]:border-ink aria-[current]:font-bold"
                href={href}
              >
                <span>{label}</span>
                {waiting === undefined ? null : <Waiting first={waiting} label={words.waiting} />}
              </a>
            </li>
          ))}
        </ul>
      ))}
      <ConsoleKeys words={words} />
    </nav>
  </div>
);
