// What the kernel knows of this process, in the units of Prometheus. What it does not tell is NaN.
//
// Threads: any.

#pragma once

namespace optout::process {

double start_time();       // seconds since 1970
double resident_memory();  // octets
double open_files();
double most_files();  // the soft limit

}  // namespace optout::process
