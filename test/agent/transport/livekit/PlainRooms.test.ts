import { rooms } from "./RoomSuite.ts"

rooms("plain")
