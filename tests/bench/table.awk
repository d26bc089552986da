# The table of tests/bench/run, from the numbers of its measurements.
#
# A ratio is that to the empty milter in the same round; what is shown is the median of the rounds.

function median(list,    n, i, j, v, swap) {
  n = split(list, v, " ")
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) { swap = v[j]; v[j] = v[j - 1]; v[j - 1] = swap }
  return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

# The median of column `c` of a milter in a case, and that of its ratio to column `of` of the empty milter.
function value(name, milter, c,    r, list) {
  for (r = 1; r <= rounds; r++) list = list " " cell[name, milter, r, c]
  return median(list)
}
function ratio(name, milter, c, of,    r, list) {
  for (r = 1; r <= rounds; r++)
    if (cell[name, "null", r, of] > 0) list = list " " cell[name, milter, r, c] / cell[name, "null", r, of]
  return list == "" ? 0 : median(list)
}

# The rate of a milter to that of another in the same round.
function rate_to(name, milter, other,    r, list) {
  for (r = 1; r <= rounds; r++)
    if (cell[name, other, r, RATE] > 0) list = list " " cell[name, milter, r, RATE] / cell[name, other, r, RATE]
  return list == "" ? 0 : median(list)
}

function judged(good) { if (!good) missed++; return good ? "ok" : "MISSED" }

function number(name, milter, c,    v) {
  v = value(name, milter, c)
  return v > 0 ? sprintf("%7.0f %5.2f", v, ratio(name, milter, c, c)) : sprintf("%7s %5s", "-", "")
}

function targets(name, milter,    i, text, least, most) {
  if (milter == "rcpt") i = 1
  else if (milter == "end") i = 2
  else return ""
  split(least_rate[name], least, " ")
  split(most_cpu[name], most, " ")
  text = sprintf("rate >= %.2f %s, CPU <= %.2f %s", least[i], judged(ratio(name, milter, RATE, RATE) >= least[i]),
                 most[i], judged(ratio(name, milter, MILTER, MILTER) <= most[i]))
  if (name ~ /x32$/ && milter == "rcpt") text = text ", p99 <= 2 " judged(ratio(name, milter, P99, P99) <= 2)
  return text
}

BEGIN {
  FS = "\t"
  title["1x1"] = "1 recipient, 1 connection"
  title["1x32"] = "1 recipient, 32 connections"
  title["50x1"] = "50 recipients, 1 connection"
  title["50x32"] = "50 recipients, 32 connections"
  title["paced"] = "paced: 1 recipient, 200 connections, 5 ms before each command"
  label["null"] = "empty milter"
  label["rcpt"] = "at RCPT"
  label["end"] = "at end of message"
  label["nohdr"] = "at RCPT, no header"
  label["mixed"] = "streams, at the end"
  label["bare"] = "end, none there"
  label["offer"] = "end, added"
  label["replace"] = "end, replaced"
  label["guard"] = "end, guarded"
  label["rguard"] = "at RCPT, guarded"
  # Streams that decide at RCPT, and at end of message.
  least_rate["1x1"] = "0.70 0.85"; most_cpu["1x1"] = "1.7 1.5"
  least_rate["1x32"] = "0.90 1.1"; most_cpu["1x32"] = "1.15 1.0"
  least_rate["50x1"] = "0.45 2.0"; most_cpu["50x1"] = "2.8 0.7"
  least_rate["50x32"] = "0.65 1.8"; most_cpu["50x32"] = "1.5 0.7"
  least_rate["paced"] = "0.95 1.15"; most_cpu["paced"] = "1.1 0.9"
  milter_count = split("null rcpt end nohdr mixed bare offer replace guard rguard", milters, " ")
}

NR == 1 {
  for (i = 1; i <= NF; i++) column[$i] = i
  RATE = column["messages_per_s"]; P50 = column["rcpt_p50_us"]; P99 = column["rcpt_p99_us"]
  MILTER = column["milter_us_per_message"]; REDIS = column["redis_us_per_message"]
  next
}

{
  if (!($1 in seen)) { seen[$1] = 1; names[++name_count] = $1 }
  if ($3 > rounds) rounds = $3
  for (i = 4; i <= NF; i++) cell[$1, $2, $3, i] = $i
}

END {
  for (n = 1; n <= name_count; n++) {
    name = names[n]
    printf "\n%s\n", title[name]
    printf "%-20s  %13s  %13s  %13s  %13s  %13s\n", "", "messages/s", "RCPT p50, us", "RCPT p99, us", "milter CPU*",
           "Redis CPU*"
    for (s = 1; s <= milter_count; s++) {
      who = milters[s]
      redis = value(name, who, REDIS)
      printf "  %-18s  %s  %s  %s  %7.1f %5.2f  %7.1f %5.2f  %s\n", label[who],
             number(name, who, RATE), number(name, who, P50), number(name, who, P99),
             value(name, who, MILTER), ratio(name, who, MILTER, MILTER),
             redis, ratio(name, who, REDIS, MILTER), targets(name, who)
    }
    if (name ~ /^50x/) {
      late = rate_to(name, "end", "rcpt")
      streams = rate_to(name, "mixed", "rcpt")
      printf "  rate at end of message to rate at RCPT: %.2f %s; of streams: %.2f %s (>= 0.85)\n",
             late, judged(late >= 0.85), streams, judged(streams >= 0.85)
    } else {
      added = rate_to(name, "offer", "bare")
      printf "  rate with List-Unsubscribe added to rate without: %.2f %s (>= 0.90); in place of the sender\047s: %.2f\n",
             added, judged(added >= 0.90), rate_to(name, "replace", "end")
      guarded = rate_to(name, "guard", "end")
      printf "  rate with the bulk guard to rate without: %.2f%s; at RCPT: %.2f\n", guarded,
             name == "1x32" ? " " judged(guarded >= 0.90) " (>= 0.90)" : "", rate_to(name, "rguard", "rcpt")
    }
  }
  print "\nBeside each number its ratio to the empty milter."
  print "* ms for 1,000 messages; the ratio is to the CPU of the empty milter, Redis' too."
  print missed ? missed " targets missed" : "every target met"
}
