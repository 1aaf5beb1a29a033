#pragma once

#include "instances/init/boot_record.h"

namespace opentrail::instances::init {

// What cloud-init does on a real instance before its services start: name, addresses and resolver at every boot; the
// user's key, the region and the account's certificate authority at the first one. True at the first boot.
bool SetUp(const BootRecord& record);

}  // namespace opentrail::instances::init
