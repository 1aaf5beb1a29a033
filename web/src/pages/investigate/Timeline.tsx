import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { formatTime } from "../../components/time";
import { marksOf, tickLabel, ticksOf, zoom, type Mark, type Moment, type Span } from "./timeline";

const LANE_HEIGHT = 30;
const AXIS_HEIGHT = 28;
const MARK_WIDTH = 10; // pixels of one mark
const MIN_BRUSH = 6; // pixels: less is a click
const WHEEL_FACTOR = 1.25;
const TICK_ROOM = 30; // pixels: nearer to an end a label stands beside its line

interface Props {
  moments: Moment[];
  lanes: string[];
  span: Span;
  setSpan: (span: Span) => void;
  selected: Moment[];
  select: (moments: Moment[]) => void;
  pickLane: (identity: string) => void;
}

function useWidth() {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(160, entry.contentRect.width)));
    observer.observe(host.current!);
    return () => observer.disconnect();
  }, []);
  return { host, width };
}

const labelOf = (mark: Mark, lane: string) =>
  mark.moments.length === 1
    ? `${mark.moments[0].name} by ${lane} at ${formatTime(mark.moments[0].time)}, ${mark.kind}`
    : `${mark.moments.length} events by ${lane} from ${formatTime(mark.moments[0].time)}, ${mark.kind}: ${[...new Set(mark.moments.map((one) => one.name))].slice(0, 4).join(", ")}`;

/** Who did what and when: a lane for each identity. The wheel zooms, dragging picks a range of time. */
export function Timeline({ moments, lanes, span, setSpan, selected, select, pickLane }: Props) {
  const { host, width } = useWidth();
  const [brush, setBrush] = useState<{ from: number; to: number } | null>(null);
  const bins = Math.max(10, Math.floor(width / MARK_WIDTH));
  const marks = marksOf(moments, lanes, span, bins);
  const height = lanes.length * LANE_HEIGHT;
  const chosen = new Set(selected.map((moment) => moment.id));
  const latest = useRef({ span, setSpan });
  latest.current = { span, setSpan };

  // React's own wheel listeners are passive: the page would scroll along.
  useEffect(() => {
    const element = host.current!;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && Math.abs(event.deltaY) < Math.abs(event.deltaX)) return;
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const { span: now, setSpan: set } = latest.current;
      set(zoom(now, (event.deltaY || event.deltaX) > 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR, (event.clientX - box.left) / box.width));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [host]);

  const placeOf = (event: PointerEvent) => event.clientX - host.current!.getBoundingClientRect().left;
  const timeAt = (x: number) => span.start + (x / width) * (span.end - span.start);
  const endBrush = () => {
    if (brush && Math.abs(brush.to - brush.from) >= MIN_BRUSH) {
      const [from, to] = [Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)];
      setSpan({ start: timeAt(from), end: timeAt(to) });
    }
    setBrush(null);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = (span.end - span.start) * 0.2;
    if (event.key === "ArrowLeft") setSpan({ start: span.start - step, end: span.end - step });
    else if (event.key === "ArrowRight") setSpan({ start: span.start + step, end: span.end + step });
    else if (event.key === "+" || event.key === "=") setSpan(zoom(span, 0.5));
    else if (event.key === "-") setSpan(zoom(span, 2));
    else return;
    event.preventDefault();
  };

  return (
    <div className="timeline">
      <div className="timeline-names">
        {lanes.map((lane) => (
          <button key={lane} type="button" className="timeline-name" title={`Show ${lane} alone`} onClick={() => pickLane(lane)}>
            {lane}
          </button>
        ))}
      </div>
      <div ref={host} className="timeline-plot" role="group" aria-label="Timeline: arrow keys move, plus and minus zoom" tabIndex={0} onKeyDown={onKey}>
        <svg
          width={width}
          height={height + AXIS_HEIGHT}
          onPointerDown={(event) => {
            if (event.button !== 0 || (event.target as Element).closest(".timeline-mark")) return;
            const from = placeOf(event);
            event.currentTarget.setPointerCapture(event.pointerId);
            setBrush({ from, to: from });
          }}
          onPointerMove={(event) => brush && setBrush({ ...brush, to: placeOf(event) })}
          onPointerUp={endBrush}
          onPointerCancel={() => setBrush(null)}
        >
          {lanes.map((lane, index) => (
            <rect key={lane} className={index % 2 ? "timeline-lane-odd" : "timeline-lane"} x={0} y={index * LANE_HEIGHT} width={width} height={LANE_HEIGHT} />
          ))}
          {ticksOf(span, Math.max(2, Math.floor(width / 110))).map((tick) => {
            const x = ((tick - span.start) / (span.end - span.start)) * width;
            return (
              <g key={tick}>
                <line className="timeline-grid" x1={x} x2={x} y1={0} y2={height} />
                <text className="timeline-tick" x={x} y={height + 18} textAnchor={x < TICK_ROOM ? "start" : x > width - TICK_ROOM ? "end" : "middle"}>
                  {tickLabel(tick, span)}
                </text>
              </g>
            );
          })}
          {marks.map((mark) => {
            const radius = Math.min(11, 4 + Math.log2(mark.moments.length) * 1.3);
            const active = mark.moments.some((moment) => chosen.has(moment.id));
            return (
              <circle
                key={`${mark.lane} ${mark.at}`}
                className={`timeline-mark kind-${mark.kind}${active ? " active" : ""}`}
                cx={Math.min(Math.max(mark.at * width, radius), width - radius)}
                cy={(mark.lane + 0.5) * LANE_HEIGHT}
                r={radius}
                role="button"
                tabIndex={-1}
                aria-label={labelOf(mark, lanes[mark.lane])}
                onClick={() => select(mark.moments)}
              >
                <title>{labelOf(mark, lanes[mark.lane])}</title>
              </circle>
            );
          })}
          {brush && <rect className="timeline-brush" x={Math.min(brush.from, brush.to)} y={0} width={Math.abs(brush.to - brush.from)} height={height} />}
        </svg>
      </div>
    </div>
  );
}
