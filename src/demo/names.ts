/** What people of one language are called, and where they mostly live. */
export type Naming = {
  /** Of all people in the demo, in parts of the sum over all languages. */
  weight: number;
  country: string;
  time_zone: string;
  women: readonly string[];
  men: readonly string[];
  family: readonly string[];
  /** The family name as a woman bears it, where that differs. */
  womans?: (family: string) => string;
  /** Letters that this language spells in a way of its own where only a to z are at hand. */
  spelt?: Readonly<Record<string, string>>;
};

const words = (text: string) => text.trim().split(/\s+/);

/** Common first and family names, combined at random: nobody in particular is meant. */
export const NAMINGS: readonly Naming[] = [
  {
    weight: 22,
    country: 'GB',
    time_zone: 'Europe/London',
    women: words(
      'Olivia Amelia Isla Ava Grace Freya Emily Sophie Poppy Chloe Hannah Lucy Megan Zoë Alice Ruby Priya Aisha Niamh Siân',
    ),
    men: words(
      'George Oliver Arthur Noah Leo Harry Oscar Theo Jack Thomas Joseph Callum Owen Rhys Liam Adam Imran Kwame Declan Ewan',
    ),
    family: words(
      'Smith Jones Taylor Brown Williams Wilson Evans Thomas Roberts Walker Wright Robinson Thompson White Hughes Edwards Green Lewis Wood Harris Martin Cooper Clarke Ward Turner Hill Patel Khan Begum Okafor',
    ),
  },
  {
    weight: 14,
    country: 'DE',
    time_zone: 'Europe/Berlin',
    women: words(
      'Anna Lena Marie Jana Katharina Sabine Ute Claudia Käthe Mila Leonie Greta Frieda Heike Antje Nele Johanna Elif Birgit',
    ),
    men: words(
      'Lukas Jonas Finn Jürgen Björn Matthias Uwe Stefan Jörg Felix Moritz Till Emil Henrik Götz Ralf Dirk Anton Cem Florian',
    ),
    family: words(
      'Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Krause Weiß Großmann Yılmaz Böhm',
    ),
    spelt: { ä: 'ae', ö: 'oe', ü: 'ue' },
  },
  {
    weight: 12,
    country: 'US',
    time_zone: 'America/New_York',
    women: words(
      'Emma Madison Abigail Ella Avery Sofia Harper Camila Nora Hazel Jasmine Destiny Brianna Kayla Maya Naomi Audrey Savannah Mei Leah',
    ),
    men: words(
      'Liam Mason Ethan Logan Jackson Aiden Carter Wyatt Luke Isaac Dylan Caleb Elijah Tyler Jordan Malik Hunter Andre Kenji Cole',
    ),
    family: words(
      'Johnson Miller Davis Anderson Moore Jackson Lee Clark Ramirez Young Allen King Scott Nguyen Baker Adams Nelson Carter Mitchell Perez Campbell Phillips Parker Cruz Reyes Stewart Bailey Kim Washington Brooks',
    ),
  },
  {
    weight: 9,
    country: 'FR',
    time_zone: 'Europe/Paris',
    women: words(
      'Chloé Léa Manon Inès Zoé Amélie Océane Hélène Françoise Aurélie Élodie Camille Noémie Agathe Solène Margaux Fatima Clémence Maëlle Jeanne',
    ),
    men: words(
      'Lucas Théo Jérôme François Rémi Hugo Léo Gaël Benoît Étienne Loïc Baptiste Antoine Mathéo Cédric Raphaël Karim Aurélien Yann Noël',
    ),
    family: words(
      'Martin Bernard Dubois Thomas Robert Petit Durand Leroy Moreau Lefèvre Mercier Faure Rousseau Blanc Guérin Chevalier François Gauthier Perrin Renaud Lemaître Bérard Dufrêne Gillet Marchand Traoré Benali Picard Hébert Leclerc',
    ),
  },
  {
    weight: 8,
    country: 'ES',
    time_zone: 'Europe/Madrid',
    women: words(
      'Lucía María Martina Sofía Begoña Ainhoa Inés Núria Rocío Ángela Pilar Carmen Noelia Belén Mónica Raquel Itziar Montserrat Alba Irene',
    ),
    men: words(
      'Mateo Iñigo Álvaro Jesús Ángel Sergio Rubén Joaquín Adrián Íñaki Óscar Pablo Gonzalo Jordi Andrés Hernán Tomás Julián Raúl Fermín',
    ),
    family: words(
      'García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Gutiérrez Núñez Castaño Peña Ibáñez Ordóñez Serrano Vázquez Cano Prieto Montañés Rubio Zúñiga',
    ),
  },
  {
    weight: 6,
    country: 'PT',
    time_zone: 'Europe/Lisbon',
    women: words('Inês Beatriz Joana Conceição Leonor Matilde Catarina Mafalda Lurdes Helena Graça Rita'),
    men: words('João Tiago Gonçalo Duarte Simão Rui Nuno Vasco Estêvão André Henrique Luís'),
    family: words(
      'Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Gonçalves Araújo Simões Magalhães Brandão Conceição Falcão Guimarães Mourão Teixeira Leitão',
    ),
  },
  {
    weight: 7,
    country: 'PL',
    time_zone: 'Europe/Warsaw',
    women: words(
      'Zofia Małgorzata Agnieszka Katarzyna Bożena Elżbieta Grażyna Łucja Hanna Jadwiga Wiesława Kinga Oliwia Żaneta',
    ),
    men: words(
      'Jakub Stanisław Paweł Michał Łukasz Grzegorz Wojciech Mirosław Szymon Bartosz Krzysztof Zbigniew Józef Tomasz',
    ),
    family: words(
      'Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Mazur Jankowski Krawczyk Piotrowski Grabowski Pawłowski Michalski Król Wróbel',
    ),
    womans: (family) => family.replace(/ki$/, 'ka'),
  },
  {
    weight: 4,
    country: 'CZ',
    time_zone: 'Europe/Prague',
    women: words('Tereza Eliška Kateřina Věra Růžena Zdeňka Anežka Lenka Šárka Božena'),
    men: words('Jiří Tomáš Ondřej Lukáš Václav Štěpán Vojtěch Zdeněk Matěj Řehoř'),
    family: words(
      'Novák Svoboda Dvořák Procházka Kučera Horák Růžička Fiala Beneš Šťastný Zeman Kolář Říha Jelínek',
    ),
    womans: (family) =>
      family.endsWith('ý') ? family.replace(/ý$/, 'á') : `${family.replace(/[ae]$/, '')}ová`,
  },
  {
    weight: 5,
    country: 'SE',
    time_zone: 'Europe/Stockholm',
    women: words('Astrid Åsa Märta Linnéa Ebba Saga Ingrid Maja Elin Hedvig Tove'),
    men: words('Björn Åke Göran Hjalmar Nils Jörgen Håkan Axel Sören Lars Mårten Emil'),
    family: words(
      'Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Lindström Öberg Åkesson Sjöberg Bergström Nyström Björklund',
    ),
  },
  {
    weight: 5,
    country: 'TR',
    time_zone: 'Europe/Istanbul',
    women: words('Ayşe Elif Zeynep Gülşen Çiğdem Şule Defne İpek Özlem Yağmur Işıl Nilüfer'),
    men: words('Mehmet Çağrı Ömer Oğuz Barış Gökhan İbrahim Şükrü Kağan Emre Tuğrul Yiğit'),
    family: words(
      'Yılmaz Kaya Demir Şahin Çelik Yıldız Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Koç Kurt Güneş Şimşek',
    ),
  },
  {
    weight: 4,
    country: 'UA',
    time_zone: 'Europe/Kyiv',
    women: words('Оксана Ольга Наталія Ірина Катерина Соломія Юлія Дарина Надія Любов Христина Олена'),
    men: words('Андрій Олександр Тарас Богдан Ігор Дмитро Юрій Василь Остап Сергій Максим Микола'),
    family: words(
      'Шевченко Коваленко Бондаренко Ткаченко Кравченко Олійник Поліщук Лисенко Савченко Мельник Гончаренко Кузьменко Руденко Мороз Захарчук',
    ),
    spelt: { г: 'h', и: 'y' },
  },
  {
    weight: 3,
    country: 'BG',
    time_zone: 'Europe/Sofia',
    women: words('Мария Елена Десислава Ивана Галина Цветелина Радост Биляна Снежана Калина'),
    men: words('Георги Иван Димитър Николай Петър Христо Стоян Борислав Пламен Кирил'),
    family: words(
      'Иванов Георгиев Димитров Петров Николов Стоянов Христов Илиев Тодоров Ангелов Колев Маринов Желязков Чолаков',
    ),
    womans: (family) => `${family}а`,
    spelt: { х: 'h', щ: 'sht', ъ: 'a' },
  },
  {
    weight: 3,
    country: 'KZ',
    time_zone: 'Asia/Almaty',
    women: words('Анастасия Светлана Екатерина Татьяна Людмила Алёна Софья Вероника Айгуль Жанна'),
    men: words('Алексей Дмитрий Михаил Владимир Евгений Фёдор Артём Илья Арман Тимур'),
    family: words(
      'Смирнов Кузнецов Попов Соколов Лебедев Козлов Новиков Морозов Волков Соловьёв Воробьёв Щербаков Ахметов Жуков',
    ),
    womans: (family) => `${family}а`,
  },
];
