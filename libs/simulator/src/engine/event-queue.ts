/** Something that will happen at a moment of virtual time. */
export interface ScheduledEvent {
  readonly atMs: number;
  /** Rises with every event; of two at the same moment the older one comes first. */
  readonly order: number;
  fire: (() => void) | undefined;
}

/** A binary heap of events by time, then by age. */
export class EventQueue {
  private readonly heap: ScheduledEvent[] = [];

  push(event: ScheduledEvent): void {
    const heap = this.heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, event)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  peek(): ScheduledEvent | undefined {
    return this.heap[0];
  }

  pop(): ScheduledEvent | undefined {
    const heap = this.heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    this.sink(last);
    return first;
  }

  private sink(event: ScheduledEvent): void {
    const heap = this.heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      if (below === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (isBefore(event, below)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = event;
  }
}

function isBefore(left: ScheduledEvent, right: ScheduledEvent): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}
