import { rooms } from "./RoomSuite.ts"

rooms("keyed")
