/** Go back to the chat as soon as there is a network. Only the page itself is loaded anew; nothing is kept here. */
addEventListener("online", () => location.reload());
