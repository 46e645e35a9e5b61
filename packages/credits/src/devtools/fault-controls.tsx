import { useSyncExternalStore, type ReactNode } from 'react';
import { SLOW_MS, type Fault, type Faults } from './faults.ts';
import { LOOK } from './look.ts';

const FAULTS: readonly [Exclude<Fault, 'none'>, string, string][] = [
  ['offline', 'Offline', 'The device says that it is offline, and nothing gets out.'],
  ['slow', 'Slow', `Every answer takes ${SLOW_MS / 1_000} s longer.`],
  ['silent', 'Silence', 'Requests leave, and no answer ever comes.'],
  ['lost-answers', 'Lost answers', 'The server acts, and its answers are lost.'],
  ['unavailable', '503', 'The server is restarting.'],
  ['bad-gateway', '502 page', 'A proxy answers with a page of HTML.'],
];

/** Buttons that break this tab's network: one lasting fault for requests at a time, and single ones for the stream. */
export function FaultControls({ faults }: { faults: Faults }) {
  const { fault, buffering, dropping, streams, hits } = useSyncExternalStore(
    faults.subscribe,
    faults.getState,
    faults.getState,
  );
  const streamless = streams === 0;
  return (
    <div style={{ ...LOOK.part, display: 'grid', gap: 8 }}>
      <h3 style={LOOK.title}>Break the network of this tab{hits === 0 ? '' : ` · ${hits} broken so far`}</h3>
      <div role="group" aria-label="Every request" style={LOOK.row}>
        {FAULTS.map(([name, word, sentence]) => (
          <Toggle
            key={name}
            pressed={fault === name}
            title={sentence}
            onPress={() => faults.setFault(fault === name ? 'none' : name)}
          >
            {word}
          </Toggle>
        ))}
      </div>
      <div role="group" aria-label="The stream" style={LOOK.row}>
        <Press title="The connection dies." disabled={streamless} onPress={faults.cut}>
          Cut the stream
        </Press>
        <Toggle
          pressed={buffering}
          title="A proxy keeps the frames to itself, until it lets them go."
          onPress={() => faults.setBuffering(!buffering)}
        >
          Buffer it
        </Toggle>
        <Press title="The next snapshot never arrives." disabled={streamless} onPress={faults.dropNext}>
          {dropping === 0 ? 'Lose the next frame' : `Losing the next ${dropping}`}
        </Press>
        <Press title="The newest snapshot arrives twice." disabled={streamless} onPress={() => faults.repeat('newest')}>
          Repeat a frame
        </Press>
        <Press
          title="The snapshot before the newest arrives again, late."
          disabled={streamless}
          onPress={() => faults.repeat('earlier')}
        >
          A late frame
        </Press>
      </div>
      {streamless ? (
        <p style={{ ...LOOK.quiet, margin: 0, fontSize: 12 }}>
          This tab holds no stream now: another tab does, or the client is polling.
        </p>
      ) : null}
    </div>
  );
}

interface ButtonProps {
  title: string;
  onPress: () => void;
  children: ReactNode;
}

function Toggle({ title, onPress, children, pressed }: ButtonProps & { pressed: boolean }) {
  return (
    <button
      type="button"
      title={title}
      aria-pressed={pressed}
      onClick={onPress}
      style={pressed ? { ...LOOK.button, ...LOOK.pressed } : LOOK.button}
    >
      {children}
    </button>
  );
}

/** Stays focusable while disabled: the keyboard's place is not lost when a stream ends. */
function Press({ title, onPress, children, disabled }: ButtonProps & { disabled: boolean }) {
  return (
    <button
      type="button"
      title={title}
      aria-disabled={disabled}
      onClick={disabled ? undefined : () => onPress()}
      style={disabled ? { ...LOOK.button, ...LOOK.disabled } : LOOK.button}
    >
      {children}
    </button>
  );
}
