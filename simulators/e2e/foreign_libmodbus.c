/* A Modbus TCP server by libmodbus, laid out as generic/booster-pump-set: f32 with the low word first.
   Usage: foreign_libmodbus PORT. Serves several clients; prints "ready" when it listens. */
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

/* modbus_set_float puts the low word first. */
static void put(modbus_mapping_t *map, int address, float value) {
  modbus_set_float(value, &map->tab_registers[address]);
}

int main(int count, char **words) {
  if (count != 2) return 2;
  modbus_t *context = modbus_new_tcp("127.0.0.1", atoi(words[1]));
  modbus_mapping_t *map = modbus_mapping_new(0, 16, 16, 0);
  if (context == NULL || map == NULL) return 1;
  put(map, 0, 0.45f);
  put(map, 2, 0.45f);
  put(map, 4, 0.25f);
  map->tab_registers[6] = 785;
  map->tab_registers[7] = 4200;
  map->tab_registers[8] = 120;
  map->tab_input_bits[0] = 1; /* pump 1 runs */
  map->tab_input_bits[4] = 1; /* automatic */

  int door = modbus_tcp_listen(context, 4);
  if (door < 0) return 1;
  puts("ready");
  fflush(stdout);
  fd_set open;
  FD_ZERO(&open);
  FD_SET(door, &open);
  int highest = door;
  for (;;) {
    fd_set ready = open;
    if (select(highest + 1, &ready, NULL, NULL, NULL) < 0) return 1;
    for (int socket = 0; socket <= highest; socket++) {
      if (!FD_ISSET(socket, &ready)) continue;
      if (socket == door) {
        int fresh = modbus_tcp_accept(context, &door);
        if (fresh < 0) continue;
        FD_SET(fresh, &open);
        if (fresh > highest) highest = fresh;
        continue;
      }
      unsigned char query[MODBUS_TCP_MAX_ADU_LENGTH];
      modbus_set_socket(context, socket);
      int length = modbus_receive(context, query);
      if (length > 0) modbus_reply(context, query, length, map);
      if (length < 0) {
        FD_CLR(socket, &open);
        close(socket);
      }
    }
  }
}
