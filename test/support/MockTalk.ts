import { Schema } from "effect"
import { AccessToken } from "livekit-server-sdk"
import { Place } from "../../src/domain/store/DispatchJob.ts"
import { BeginRequest, Begun } from "../../src/http/api/TalkApi.ts"
import { ago, mockId } from "./MockHistory.ts"

// Encoded from what the schema takes: a mock that drifts from the API's schema fails here instead of in a browser.
const checkedBegun = Schema.validateSync(Schema.encodedSchema(Begun))
const checkedPlace = Schema.validateSync(Schema.encodedSchema(Place))
const decodeBegin = Schema.decodeUnknownSync(Schema.parseJson(BeginRequest))

/** The conversation that everybody has here, and its room. */
export const mockConversationId = mockId(0x7777)
export const mockRoom = "room-of-the-mock"
export const mockIdentity = "person"

interface LiveKit {
  readonly url: string
  readonly key: string
  readonly secret: string
}

const tokenSeconds = 600

/** The talk API of one page, driven from outside. */
export class MockTalk {
  /** Undefined: everybody talks over the voice socket. */
  livekit: LiveKit | undefined
  place: unknown = { _tag: "Waiting", position: 1, estimateMillis: null }
  /** Answers that there is no room for anybody. */
  full = false
  /** The voice socket is not offered: whoever asks for it gets a room again. */
  roomsOnly = false
  readonly begun: Array<typeof BeginRequest.Type> = []
  readonly joined: Array<string> = []
  readonly left: Array<string> = []
  places = 0

  async begin(body: string): Promise<Response> {
    const request = decodeBegin(body)
    if (this.full) {
      const problem = { _tag: "Full", code: "full", message: "full", requestId: "mock" }
      return Response.json(problem, { status: 503 })
    }
    this.begun.push(request)
    const overRoom = this.livekit !== undefined && (request.over === "any" || this.roomsOnly)
    return Response.json(overRoom ? await this.#room() : this.#socket(null), { status: 201 })
  }

  async join(id: string): Promise<Response> {
    this.joined.push(id)
    return Response.json(this.livekit === undefined ? this.#socket(id) : await this.#room())
  }

  whereIs(): Response {
    this.places += 1
    return Response.json(checkedPlace(this.place))
  }

  leave(id: string): Response {
    this.left.push(id)
    return new Response(null, { status: 204 })
  }

  #socket(id: string | null) {
    const path = id === null ? "/v1/voice" : `/v1/voice?resume=${id}`
    return checkedBegun({ conversationId: id, join: { _tag: "WebSocket", path } })
  }

  async #room() {
    const { key, secret, url } = this.livekit ?? { url: "", key: "", secret: "" }
    const token = new AccessToken(key, secret, { identity: mockIdentity, name: "You", ttl: tokenSeconds })
    token.addGrant({ room: mockRoom, roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true })
    const join = {
      _tag: "LiveKit",
      url,
      token: await token.toJwt(),
      room: mockRoom,
      identity: mockIdentity,
      expiresAt: ago(-tokenSeconds / 60),
    }
    return checkedBegun({ conversationId: mockConversationId, join })
  }
}
