// Commands of rooms: the unmodified rooms client.
import { RoomsClient } from "@azure/communication-rooms";

const date = (text) => text && new Date(text);
const user = (rawId) => ({ communicationUserId: rawId });
const invited = (participants) => participants?.map(({ id, role }) => ({ id: user(id), role }));

const all = async (pages) => {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
};

export function rooms(connectionString) {
  const client = new RoomsClient(connectionString);
  const options = ({ validFrom, validUntil, dialOut, participants }) => ({
    validFrom: date(validFrom),
    validUntil: date(validUntil),
    pstnDialOutEnabled: dialOut,
    participants: invited(participants),
  });
  return {
    createRoom: (values) => client.createRoom(options(values)),
    getRoom: ({ room }) => client.getRoom(room),
    updateRoom: ({ room, ...values }) => client.updateRoom(room, options(values)),
    deleteRoom: async ({ room }) => void (await client.deleteRoom(room)),
    listRooms: () => all(client.listRooms()),
    inviteToRoom: async ({ room, participants }) => void (await client.addOrUpdateParticipants(room, invited(participants))),
    removeFromRoom: async ({ room, users }) => void (await client.removeParticipants(room, users.map(user))),
    listInvited: ({ room }) => all(client.listParticipants(room)),
  };
}
