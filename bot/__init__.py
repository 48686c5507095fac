"""The bot: the edge between young people's chats and the journeys. It translates and decides nothing."""
