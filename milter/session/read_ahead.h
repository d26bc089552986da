// What read_ahead.cpp knows of the sockets that libmilter serves.

#pragma once

namespace optout {

// How many connections are open: sessions, and those that have not said anything yet. Of these
// nobody else knows.
int open_connections() noexcept;

}  // namespace optout
