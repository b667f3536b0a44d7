import type { Words } from "#lib/words/ja";

type Props = { stations: Pick<Words["delivery"], "queued" | "sent" | "delivered">; pass: string };

/** The illustration: a gate on the old highway, where the road is the delivery line and the pass hangs below the beam. */
export const Scene = ({ stations, pass }: Props) => (
  <svg className="scene" viewBox="0 64 600 376" aria-hidden="true">
    <Hills />
    <Gate />
    <path className="track" d="M70 388 H530" />
    <path className="travelled" d="M70 388 H300" />
    <circle className="station" cx="70" cy="388" r="9" />
    <circle className="station" cx="300" cy="388" r="9" />
    <circle className="ahead" cx="530" cy="388" r="9" />
    {[stations.queued, stations.sent, stations.delivered].map((name, index) => (
      <text className="name" key={name} x={70 + index * 230} y="426" textAnchor="middle">
        {name}
      </text>
    ))}
    <Pass word={pass} />
  </svg>
);

const Hills = () => (
  <g mask="url(#fade)">
    <linearGradient id="fade-by">
      <stop offset="0" stopColor="#000" />
      <stop offset="0.14" stopColor="#fff" />
      <stop offset="0.86" stopColor="#fff" />
      <stop offset="1" stopColor="#000" />
    </linearGradient>
    <mask id="fade">
      <rect width="600" height="440" fill="url(#fade-by)" />
    </mask>
    <path className="haze-1" d="M0 250 C60 214 96 176 150 168 S232 226 286 196 S372 92 430 84 S536 176 600 158 V400 H0z" />
    <path className="haze-2" d="M0 306 C70 262 128 250 190 272 S318 306 384 256 S512 208 600 252 V400 H0z" />
    <path className="haze-3" d="M0 352 C96 326 190 342 284 334 S482 308 600 328 V400 H0z" />
  </g>
);

/** A kabuki gate: two posts, a crossbeam that reaches beyond them, a lower tie, footings. */
const Gate = () => (
  <g className="gate">
    <path d="M146 96 Q300 84 454 96 L460 120 Q300 108 140 120z" />
    <path d="M186 84h24v286h-24zM390 84h24v286h-24z" />
    <path d="M170 174h260v15H170z" />
    <path d="M176 356h44v20h-44zM380 356h44v20h-44z" />
    <path d="M220 189l16 0-26 30 0-14zM380 189l-16 0 26 30 0-14z" />
  </g>
);

const Pass = ({ word }: { word: string }) => (
  <g>
    <path className="cord" d="M300 186 V214" />
    <path className="tablet" d="M300 206 L346 232 V338 H254 V232z" />
    <circle className="gate" cx="300" cy="228" r="4.5" />
    <text className="word" x="300" y="263" textAnchor="middle">
      {word}
    </text>
    <g transform="rotate(-4 300 300)">
      <rect className="stamp" x="277" y="276" width="46" height="46" rx="5" />
      <text className="stamp-word" x="300" y="310" textAnchor="middle">
        通
      </text>
    </g>
  </g>
);
