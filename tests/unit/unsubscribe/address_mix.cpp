#include "address_mix.h"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>
#include <utility>

namespace optout::test {
namespace {

using Text = std::string_view;

struct Country {
  unsigned weight;
  Text firsts, families;  // separated by spaces
  Text providers;         // "share:domain"; what lacks to 100 is with no provider we know
  Text endings;
};

constexpr std::array<Country, 10> kCountries{{
    {30,
     "james mary robert patricia john jennifer michael linda david elizabeth william barbara "
     "richard susan joseph jessica thomas sarah christopher karen charles lisa daniel nancy "
     "matthew sandra anthony betty mark ashley donald emily steven kimberly andrew margaret",
     "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez "
     "gonzalez wilson anderson thomas taylor moore jackson martin lee perez thompson white harris "
     "sanchez clark ramirez lewis robinson walker young allen king wright scott torres nguyen",
     "46:gmail.com 17:yahoo.com 8:hotmail.com 6:icloud.com 4:aol.com 4:outlook.com 3:comcast.net "
     "1:att.net 1:verizon.net 1:msn.com 1:live.com",
     ".com .com .com .com .com .org .net .edu .us .gov"},
    {18,
     "peter maria thomas sabine michael ursula andreas monika wolfgang petra klaus elisabeth "
     "juergen renate hans karin stefan helga christian brigitte uwe ingrid werner susanne "
     "alexander claudia matthias angelika sebastian stefanie maximilian katharina",
     "mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schaefer koch "
     "bauer richter klein wolf schroeder neumann schwarz zimmermann braun krueger hofmann "
     "hartmann lange schmitt werner schmitz krause meier lehmann schmid schulze maier koehler",
     "24:gmail.com 16:web.de 15:gmx.de 9:t-online.de 5:gmx.net 4:hotmail.com 3:outlook.de "
     "3:icloud.com 3:freenet.de 3:yahoo.de 2:googlemail.com 1:arcor.de 1:posteo.de 1:mailbox.org "
     "2:outlook.com",
     ".de .de .de .de .de .com .net .eu .org"},
    {10,
     "david susan john margaret michael sarah peter patricia robert elizabeth andrew linda paul "
     "karen james julie mark helen richard christine stephen jacqueline christopher victoria",
     "smith jones taylor williams brown davies evans wilson thomas roberts johnson lewis walker "
     "robinson wood thompson white watson jackson wright green harris cooper king lee martin "
     "clarke james morgan hughes edwards hill moore clark harrison scott young morris hall ward",
     "42:gmail.com 13:hotmail.com 9:hotmail.co.uk 6:yahoo.co.uk 5:icloud.com 5:btinternet.com "
     "3:outlook.com 3:live.co.uk 2:sky.com 1:aol.com 1:talktalk.net 1:virginmedia.com 1:me.com",
     ".co.uk .co.uk .co.uk .com .com .org.uk .ac.uk .gov.uk"},
    {10,
     "jean marie pierre nathalie michel isabelle philippe sylvie alain catherine patrick martine "
     "nicolas christine christophe francoise daniel valerie bernard sandrine frederic stephanie "
     "laurent veronique sebastien dominique",
     "martin bernard thomas petit robert richard durand dubois moreau laurent simon michel "
     "lefebvre leroy roux david bertrand morel fournier girard bonnet dupont lambert fontaine "
     "rousseau vincent muller lefevre faure andre mercier blanc guerin boyer garnier chevalier",
     "33:gmail.com 11:orange.fr 10:hotmail.fr 8:hotmail.com 7:free.fr 6:yahoo.fr 6:wanadoo.fr "
     "4:sfr.fr 4:laposte.net 3:icloud.com 2:live.fr 2:outlook.fr 1:neuf.fr",
     ".fr .fr .fr .fr .com .com .org .net"},
    {7,
     "antonio maria jose carmen manuel ana francisco isabel david dolores juan pilar javier "
     "teresa daniel rosa carlos cristina alejandro francisca miguel antonia rafael mercedes",
     "garcia rodriguez gonzalez fernandez lopez martinez sanchez perez gomez martin jimenez "
     "hernandez ruiz diaz moreno munoz alvarez romero gutierrez alonso navarro torres dominguez "
     "ramos vazquez ramirez gil serrano morales molina blanco suarez castro ortega delgado",
     "50:gmail.com 26:hotmail.com 5:yahoo.es 4:hotmail.es 3:icloud.com 2:outlook.com 1:outlook.es "
     "1:telefonica.net 1:yahoo.com",
     ".es .es .es .com .com .org .cat .net"},
    {7,
     "giuseppe maria antonio anna giovanni giuseppina mario rosa luigi angela francesco giovanna "
     "angelo teresa vincenzo lucia pietro carmela salvatore caterina alessandro francesca "
     "domenico antonietta",
     "rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti "
     "deluca costa giordano mancini rizzo lombardi moretti barbieri fontana santoro mariani "
     "rinaldi caruso ferrara galli martini leone longo gentile martinelli vitale",
     "43:gmail.com 17:libero.it 9:hotmail.it 6:hotmail.com 5:yahoo.it 5:alice.it 3:virgilio.it "
     "3:icloud.com 2:tiscali.it 1:live.it 1:outlook.it 1:tin.it",
     ".it .it .it .it .com .com .org .eu"},
    {6,
     "johannes maria jan johanna cornelis anna hendrik wilhelmina willem elisabeth pieter "
     "cornelia petrus hendrika jeroen annemarie marieke bart sanne daan fleur bram femke",
     "dejong jansen devries vandenberg vandijk bakker janssen visser smit meijer deboer mulder "
     "degroot bos vos peters hendriks vanleeuwen dekker brouwer dewit dijkstra smits degraaf "
     "vandermeer vanderlinden kok jacobs dehaan vermeulen vandenheuvel vanderveen",
     "44:gmail.com 20:hotmail.com 5:ziggo.nl 4:live.nl 3:icloud.com 3:outlook.com 3:kpnmail.nl "
     "3:planet.nl 2:home.nl 2:xs4all.nl 2:telenet.be 1:skynet.be",
     ".nl .nl .nl .nl .com .com .be .eu"},
    {5,
     "anna piotr maria krzysztof katarzyna andrzej malgorzata tomasz agnieszka jan krystyna "
     "pawel barbara michal ewa marcin elzbieta stanislaw zofia jakub aleksandra mateusz",
     "nowak kowalski wisniewski wojcik kowalczyk kaminski lewandowski zielinski szymanski "
     "wozniak dabrowski kozlowski jankowski mazur wojciechowski kwiatkowski krawczyk kaczmarek "
     "piotrowski grabowski zajac pawlowski michalski krol wieczorek jablonski wrobel",
     "38:gmail.com 21:wp.pl 11:o2.pl 8:interia.pl 6:onet.pl 5:op.pl 2:poczta.onet.pl 2:vp.pl "
     "1:gazeta.pl",
     ".pl .pl .pl .com.pl .com .eu"},
    {4,
     "jose maria joao ana antonio francisca francisco antonia carlos adriana paulo juliana pedro "
     "marcia lucas fernanda luiz patricia marcos aline gabriel sandra rafael camila",
     "silva santos oliveira souza rodrigues ferreira alves pereira lima gomes costa ribeiro "
     "martins carvalho almeida lopes soares fernandes vieira barbosa rocha dias nascimento "
     "andrade moreira nunes marques machado mendes freitas cardoso ramos goncalves",
     "48:gmail.com 27:hotmail.com 8:yahoo.com.br 5:outlook.com 3:uol.com.br 2:bol.com.br "
     "2:terra.com.br 1:icloud.com",
     ".com.br .com.br .com.br .com .org.br"},
    {3,
     "lars anna mikael maria anders margareta johan elisabeth erik eva per kristina karl "
     "birgitta peter karin thomas marie jan elin",
     "andersson johansson karlsson nilsson eriksson larsson olsson persson svensson gustafsson "
     "pettersson jonsson jansson hansson bengtsson joensson lindberg jakobsson magnusson "
     "lindstroem olofsson lindqvist lindgren berg axelsson",
     "45:gmail.com 22:hotmail.com 6:telia.com 4:live.se 4:icloud.com 3:outlook.com 2:comhem.se "
     "2:yahoo.se",
     ".se .se .se .com .nu"},
}};

constexpr Text kTrades =
    "consulting logistics engineering design media software systems solutions services bank "
    "insurance energy hotel travel pharma medical dental clinic law partners capital foods "
    "construction bau immobilien steuerberatung rechtsanwaelte maschinenbau elektrotechnik "
    "autohaus stadtwerke versicherungen transporte conseil immobilier assurances avocats "
    "construcciones abogados asesores impianti costruzioni studio advies makelaardij tandarts "
    "tech group digital labs studio partner invest university school council";
constexpr Text kRoles =
    "info info info info info office office contact contact kontakt sales support service admin "
    "mail hello team accounts billing purchasing einkauf buchhaltung verwaltung compta "
    "administracion amministrazione marketing reception webmaster";
constexpr Text kNicknames =
    "dragon sunny cookie shadow princess lucky tiger star angel gamer biker rider music "
    "chocolate butterfly moonlight superman blackcat happy crazy football lovely";
constexpr Text kSmallProviders =
    "chartermi.net frontier.com mailfence.com tutanota.com runbox.com netcologne.de vodafone.de "
    "unitybox.de aliceadsl.fr numericable.fr jazzfree.com euskaltel.net fastwebnet.it teletu.it "
    "hccnet.nl solcon.nl tlen.pl spoko.pl globomail.com bredband.net bahnhof.se plus.net zen.co.uk";

class Dice {
public:
  std::size_t below(std::size_t n) { return engine_() % n; }
  bool chance(unsigned percent) { return below(100) < percent; }

  Text word(Text words) {
    std::vector<Text> all;
    while (!words.empty()) {
      const auto end = std::min(words.find(' '), words.size());
      all.push_back(words.substr(0, end));
      words.remove_prefix(std::min(end + 1, words.size()));
    }
    return all[below(all.size())];
  }

private:
  std::mt19937 engine_{20200101};  // what it throws is the same everywhere
};

std::string joined(Text a, Text b, Text c = {}, Text d = {}) {
  return std::string(a).append(b).append(c).append(d);
}

std::string digits(Dice& dice) {
  if (dice.chance(60)) return std::to_string(10 + dice.below(90));
  if (dice.chance(60)) return std::to_string(1950 + dice.below(58));
  return std::to_string(1 + dice.below(999));
}

std::string provider(Dice& dice, Text providers) {
  std::size_t thrown = dice.below(100);
  while (!providers.empty()) {
    const auto end = std::min(providers.find(' '), providers.size());
    const Text entry = providers.substr(0, end);
    providers.remove_prefix(std::min(end + 1, providers.size()));
    const auto colon = entry.find(':');
    const std::size_t share = std::stoul(std::string(entry.substr(0, colon)));
    if (thrown < share) return std::string(entry.substr(colon + 1));
    thrown -= share;
  }
  return std::string(dice.word(kSmallProviders));
}

std::string consumer(Dice& dice, const Country& country) {
  const Text first = dice.word(country.firsts);
  const Text family = dice.word(country.families);
  const std::size_t shape = dice.below(100);
  std::string local;
  if (shape < 25) {
    local = joined(first, ".", family);
  } else if (shape < 32) {
    local = joined(first, ".", family, digits(dice));
  } else if (shape < 45) {
    local = joined(first, family);
  } else if (shape < 56) {
    local = joined(first, family, digits(dice));
  } else if (shape < 61) {
    local = joined(first, "_", family);
  } else if (shape < 66) {
    local = joined(first.substr(0, 1), ".", family);
  } else if (shape < 74) {
    local = joined(first.substr(0, 1), family, digits(dice));
  } else if (shape < 81) {
    local = joined(first, digits(dice));
  } else if (shape < 85) {
    local = joined(family, ".", first);
  } else if (shape < 93) {
    local = joined(dice.word(kNicknames), dice.word(kNicknames), digits(dice));
  } else if (shape < 96) {
    local = joined(first, "-", family);
  } else {
    local = joined(first, ".", family, "+newsletter");
  }
  return joined(local, "@", provider(dice, country.providers));
}

std::string company(Dice& dice, const Country& country) {
  const Text owner = dice.word(country.families);
  const Text trade = dice.word(kTrades);
  const std::size_t kind = dice.below(100);
  std::string domain;
  if (kind < 20) {
    domain = owner;
  } else if (kind < 40) {
    domain = joined(owner, "-", trade);
  } else if (kind < 60) {
    domain = joined(owner, trade);
  } else if (kind < 75) {
    domain = joined(trade, dice.word(kTrades));
  } else if (kind < 85) {
    domain = joined(owner, "-", dice.word(country.families));
  } else {
    domain = joined(owner.substr(0, 1), trade.substr(0, 2));  // an abbreviation
  }
  if (dice.chance(6)) domain = joined(dice.word("mail students it hq north"), ".", domain);

  const Text first = dice.word(country.firsts);
  const Text family = dice.word(country.families);
  const std::size_t shape = dice.below(100);
  std::string local;
  if (shape < 38) {
    local = joined(first, ".", family);
  } else if (shape < 47) {
    local = joined(first.substr(0, 1), ".", family);
  } else if (shape < 56) {
    local = joined(first.substr(0, 1), family);
  } else if (shape < 66) {
    local = first;
  } else if (shape < 69) {
    local = joined(first, family);
  } else {
    local = dice.word(kRoles);
  }
  return joined(local, "@", domain, dice.word(country.endings));
}

}  // namespace

std::vector<MixedAddress> address_mix(std::size_t count) {
  unsigned all = 0;
  for (const Country& country : kCountries)
    all += country.weight;
  Dice dice;
  std::vector<MixedAddress> mix;
  while (mix.size() < count) {
    std::size_t thrown = dice.below(all);
    const Country* country = kCountries.data();
    for (; thrown >= country->weight; ++country)
      thrown -= country->weight;
    const bool of_company = dice.chance(30);
    mix.push_back({of_company ? company(dice, *country) : consumer(dice, *country), of_company});
  }
  return mix;
}

}  // namespace optout::test
