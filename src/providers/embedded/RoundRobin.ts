/** Items in lanes: `take` serves the lanes in turn, and the items of one lane in order. */
export class RoundRobin<Item> {
  readonly #lanes = new Map<number, Array<Item>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(lane: number, item: Item): void {
    const items = this.#lanes.get(lane)
    if (items === undefined) this.#lanes.set(lane, [item])
    else items.push(item)
    this.#size += 1
  }

  take(): Item | undefined {
    const next = this.#lanes.entries().next().value
    if (next === undefined) return undefined
    const [lane, items] = next
    const item = items.shift()
    // To the end of the line: a Map keeps the order of insertion.
    this.#lanes.delete(lane)
    if (items.length > 0) this.#lanes.set(lane, items)
    this.#size -= 1
    return item
  }

  /** Answers whether it was still there. */
  remove(lane: number, item: Item): boolean {
    const items = this.#lanes.get(lane)
    const index = items?.indexOf(item) ?? -1
    if (items === undefined || index < 0) return false
    items.splice(index, 1)
    if (items.length === 0) this.#lanes.delete(lane)
    this.#size -= 1
    return true
  }
}
