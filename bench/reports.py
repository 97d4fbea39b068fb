"""Invented reports for the latency bench: each of another kind of event in another town."""

REPORTS = (
    (
        "Lyon",
        "Five worshippers killed in arson attack on mosque in Lyon — Muslim residents of "
        "Lyon were murdered because of their religion, police speak of a hate crime",
    ),
    (
        "Naples",
        "Church bombed during mass in Naples, twelve Christians dead — a militant group "
        "says it meant the faithful, bishops fear revenge on Muslim neighbours",
    ),
    (
        "Izmir",
        "Mob burns homes of Roma families in Izmir, three dead — after weeks of racist "
        "marches the minority flees the quarter",
    ),
    (
        "Lahore",
        "Hindu and Muslim crowds clash in Lahore, nine killed — stones and petrol bombs "
        "at a procession, curfew over the whole old city",
    ),
    (
        "Kano",
        "Synagogue attacked in Kano: gunman kills four Jews at prayer — thousands march "
        "against antisemitism, rival rally announced",
    ),
    (
        "Lima",
        "Migrants' hostel in Lima set ablaze, six refugees dead — an anti-immigrant group"
        " cheers, ministers of neighbouring countries protest",
    ),
    (
        "Quito",
        "Tribal militia massacres herders near Quito, twenty dead — ethnic reprisals "
        "feared, elders of both groups call for calm",
    ),
    (
        "Hanover",
        "Dalit family lynched in Hanover over temple visit — caste organisations call a "
        "strike, upper caste groups threaten a counter march",
    ),
    (
        "Malmö",
        "Quran burned outside a school in Malmö, riots follow — cars on fire, Muslim "
        "pupils beaten, far-right speaker promises more",
    ),
    (
        "Ghent",
        "Headscarf ban in Ghent: women dragged from a bus by passengers — Muslim "
        "associations speak of hatred, a march for and one against",
    ),
    (
        "Kochi",
        "Cow vigilantes beat a Muslim trader to death in Kochi — his village blocks the "
        "road, Hindu nationalist leader praises the killers",
    ),
    (
        "Medan",
        "Pastor stabbed and chapel wrecked in Medan by an Islamist crowd — Christian "
        "families hide in the police station",
    ),
    (
        "Davao",
        "Indigenous Lumad teachers shot dead near Davao — paramilitary accused of an "
        "ethnic killing, villages emptied in fear",
    ),
    (
        "Tripoli",
        "Black African migrants hunted through Tripoli, dozens detained and beaten — "
        "racist slogans after a politician's speech on demographics",
    ),
    (
        "Basra",
        "Sunni families driven from their homes in Basra by Shia gunmen — seven dead, "
        "clerics of both sects warn of civil war",
    ),
    (
        "Oran",
        "Sufi shrine blown up in Oran, pilgrims killed — Salafist preachers had called "
        "the saint's followers heretics",
    ),
    (
        "Antwerp",
        "Orthodox Jewish children attacked on their way to school in Antwerp — parents "
        "keep them at home, antisemitic graffiti on the synagogue",
    ),
    (
        "Birmingham",
        "Sikh taxi driver murdered in Birmingham in what police call a racist attack — "
        "gurdwara vigil, far-right marchers announced",
    ),
    (
        "Dresden",
        "Asylum seekers' bus surrounded by a shouting crowd in Dresden, stones thrown — "
        "two Syrians in hospital, police accused of looking away",
    ),
    (
        "Turin",
        "Imam expelled from Turin after a sermon, Muslims occupy the square — anti-Islam "
        "party calls its voters to face them",
    ),
    (
        "Seville",
        "Moroccan farm workers beaten by patrols in Seville for a third night — consulate"
        " warns, vigilantes hunt foreigners from door to door",
    ),
    (
        "Recife",
        "Candomblé temple burned in Recife, priestess dead — evangelical gang of "
        "traffickers orders African religions out of the favela",
    ),
    (
        "Mombasa",
        "Passengers separated by faith and Christians shot on the road to Mombasa — al-"
        "Shabaab claims it, Somali shopkeepers fear revenge",
    ),
    (
        "Jos",
        "Fulani herders and Berom farmers fight at Jos, thirty bodies found — churches "
        "and mosques destroyed, soldiers sent",
    ),
    (
        "Peshawar",
        "Suicide bomber kills forty in a Shia mosque in Peshawar — sectarian outfit "
        "boasts of it, mourners attack Sunni shops",
    ),
    (
        "Kandy",
        "Buddhist monks lead a mob against Muslim shops in Kandy — emergency declared, "
        "social media cut, two burned to death",
    ),
    (
        "Mandalay",
        "Rohingya village near Mandalay razed by soldiers, hundreds flee — survivors "
        "speak of ethnic cleansing and rape",
    ),
    (
        "Colombo",
        "Easter service attacked in Colombo, Catholics and tourists dead — government "
        "names a jihadist cell, Muslim homes stoned",
    ),
    (
        "Bogotá",
        "Venezuelan refugees chased out of a shelter in Bogotá, one stabbed — neighbours "
        "patrol with clubs, xenophobic leaflets",
    ),
    (
        "Tbilisi",
        "Pride march in Tbilisi attacked by thousands led by priests — journalists "
        "beaten, an Azeri minority quarter stoned the same night",
    ),
    (
        "Yerevan",
        "Yazidi sanctuary desecrated in Yerevan — minority blames Armenian nationalists, "
        "swastikas on graves, elders demand protection",
    ),
    (
        "Addis Ababa",
        "Amhara passengers pulled from buses and killed west of Addis Ababa — Oromo "
        "militia accused, ethnic retaliation spreads",
    ),
)
